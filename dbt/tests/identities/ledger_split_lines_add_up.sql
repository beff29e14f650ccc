-- The splits of one line add up to the line, to the cent.
with

splits as (
    select submission_id, row_number, amount_type, sum(amount) as amount
    from {{ rows_changed(ref('fct_ledger_mapped')) }} as rows_of_fct_ledger_mapped
    where weight <> 1
    group by submission_id, row_number, amount_type
),

lines as (select * from {{ rows_changed(ref('fct_ledger')) }} as rows_of_fct_ledger)

select lines.submission_id, lines.row_number, lines.amount_type, lines.amount, splits.amount as split_amount
from splits
inner join lines
    on splits.submission_id = lines.submission_id
    and splits.row_number = lines.row_number
    and splits.amount_type = lines.amount_type
where splits.amount <> lines.amount
