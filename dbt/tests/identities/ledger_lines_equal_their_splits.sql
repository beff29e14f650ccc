-- What the ledger says before the crosswalk it says after it: for every submission, account class and amount type, to the cent.
with

before as (
    select submission_id, account_class, amount_type, sum(amount) as amount, count(*) as row_count
    from {{ rows_changed(ref('fct_ledger')) }} as rows_of_fct_ledger
    group by submission_id, account_class, amount_type
),

after as (
    select
        submission_id, account_class, amount_type, sum(amount) as amount,
        sum(case when split_number = 1 then 1 else 0 end) as row_count
    from {{ rows_changed(ref('fct_ledger_mapped')) }} as rows_of_fct_ledger_mapped
    group by submission_id, account_class, amount_type
)

select before.*, after.amount as mapped_amount, after.row_count as mapped_row_count
from before
left join after
    on before.submission_id = after.submission_id
    and before.account_class = after.account_class
    and before.amount_type = after.amount_type
where before.amount is distinct from after.amount or before.row_count is distinct from after.row_count
