-- Schools, their own exclusions and the exclusions of the LEA are together all actual spending of the LEA, to the cent.
{{ config(meta={'catalogue_id': 'REC-school_sum'}) }}
with

schools as (
    select lea_id, fiscal_year, sum(total_amount + excluded_amount) as amount
    from {{ ref('school_spending') }}
    group by lea_id, fiscal_year
),

exclusions as (
    select lea_id, fiscal_year, sum(amount) as amount
    from {{ ref('school_spending_exclusion') }}
    group by lea_id, fiscal_year
),

ledger as (
    select lines.lea_id, lines.fiscal_year, sum(lines.amount) as amount
    from {{ rows_changed(ref('fct_ledger')) }} as lines
    inner join {{ ref('int_slots_chosen') }} as chosen
        on lines.submission_id = chosen.submission_id and lines.amount_type = chosen.amount_type
    where lines.amount_type = 'actual' and lines.account_class = 'expenditure'
    group by lines.lea_id, lines.fiscal_year
)

select ledger.*, schools.amount as school_amount, exclusions.amount as exclusion_amount
from ledger
left join schools on ledger.lea_id = schools.lea_id and ledger.fiscal_year = schools.fiscal_year
left join exclusions on ledger.lea_id = exclusions.lea_id and ledger.fiscal_year = exclusions.fiscal_year
where ledger.amount <> coalesce(schools.amount, 0) + coalesce(exclusions.amount, 0)
