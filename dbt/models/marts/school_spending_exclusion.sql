-- One row an LEA, year and category: spending that is at no school and in no school's share. Zero categories have no row.
with

spending as (select * from {{ ref('int_school_spending_classified') }} where school_id is null and category is not null),

undistributed as (select * from {{ ref('int_central_pools_allocated') }} where school_id is null),

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

parts as (
    select lea_id, fiscal_year, category, amount from spending
    union all
    select lea_id, fiscal_year, 'undistributed', amount from undistributed
),

final as (
    select
        parts.lea_id,
        parts.fiscal_year,
        parts.category,
        {{ money('sum(parts.amount)') }} as amount,
        max(lea_years.data_as_of) as data_as_of
    from parts
    inner join lea_years on parts.lea_id = lea_years.lea_id and parts.fiscal_year = lea_years.fiscal_year
    group by parts.lea_id, parts.fiscal_year, parts.category
    having sum(parts.amount) <> 0
)

select * from final
