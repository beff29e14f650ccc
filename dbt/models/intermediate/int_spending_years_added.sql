-- One row an LEA (school_id empty) or school, year and number of years an outcome takes (outcome_measure): spending per pupil of those
-- years together, the last of them this one. Empty where one of them is missing or may not be compared.
with

spending as (select * from {{ ref('int_spending_compared') }}),

spans as (select distinct cost_fiscal_years from {{ ref('outcome_measure') }} where cost_fiscal_years is not null),

final as (
    select
        spending.lea_id, spending.school_id, spending.fiscal_year, spans.cost_fiscal_years,
        case when count(case when earlier.spending_reason is null then earlier.spending_per_pupil end) = spans.cost_fiscal_years
            then cast(sum(cast(earlier.spending_per_pupil as decimal(28,8))) as double) end as spending_per_pupil
    from spending
    cross join spans
    left join spending as earlier
        on spending.lea_id = earlier.lea_id and spending.school_id is not distinct from earlier.school_id
        and earlier.fiscal_year between spending.fiscal_year - spans.cost_fiscal_years + 1 and spending.fiscal_year
    group by spending.lea_id, spending.school_id, spending.fiscal_year, spans.cost_fiscal_years
)

select * from final
