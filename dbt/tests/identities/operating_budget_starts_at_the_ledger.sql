-- The bridge begins with all spending and other uses of the chosen ledger, and its steps lead to the operating budget, to the cent.
with

ledger as (
    select lines.lea_id, lines.fiscal_year, lines.amount_type, sum(lines.amount) as amount
    from {{ rows_changed(ref('stg_ledger')) }} as lines
    inner join {{ ref('int_slots_chosen') }} as chosen
        on lines.submission_id = chosen.submission_id and lines.amount_type = chosen.amount_type
    where lines.account_class in ('expenditure', 'other_use')
    group by lines.lea_id, lines.fiscal_year, lines.amount_type
),

bridges as (
    select
        lea_id, fiscal_year, amount_type,
        sum(case when step = 'all_spending' then amount end) as whole_amount,
        sum(case when step <> 'operating_budget' then amount end) as steps_amount,
        sum(case when step = 'operating_budget' then amount end) as operating_amount
    from {{ rows_changed(ref('operating_budget')) }}
    where spending_status = 'reported'
    group by lea_id, fiscal_year, amount_type
)

select bridges.*, ledger.amount as ledger_amount
from bridges
left join ledger
    on bridges.lea_id = ledger.lea_id and bridges.fiscal_year = ledger.fiscal_year and bridges.amount_type = ledger.amount_type
where bridges.whole_amount <> coalesce(ledger.amount, 0) or bridges.steps_amount <> bridges.operating_amount
union all
select ledger.lea_id, ledger.fiscal_year, ledger.amount_type, null, null, null, ledger.amount
from ledger
where not exists (
    select 1 from bridges
    where bridges.lea_id = ledger.lea_id and bridges.fiscal_year = ledger.fiscal_year and bridges.amount_type = ledger.amount_type
)
