-- One row an LEA, year, school (empty = not at a school), kind of money, function, object and category: what school spending takes and leaves.
-- An empty category is in scope. The account decides first, then private money, then the place.
with

spending as (select * from {{ ref('int_spending_summed') }}),

items as (select * from {{ ref('f33_item') }}),

classified as (
    select
        spending.lea_id,
        spending.fiscal_year,
        case when spending.location_type = 'school' then spending.school_id end as school_id,
        spending.is_federal,
        spending.function_code,
        spending.object_code,
        coalesce(
            items.essa_exclusion,
            case when spending.is_private then 'private_funds' end,
            case when spending.location_type = 'non_school' then 'non_school' end
        ) as category,
        spending.amount
    from spending
    inner join items on spending.f33_item = items.f33_item
),

final as (
    select
        lea_id, fiscal_year, school_id, is_federal, function_code, object_code, category,
        {{ money('sum(amount)') }} as amount
    from classified
    group by lea_id, fiscal_year, school_id, is_federal, function_code, object_code, category
)

select * from final
