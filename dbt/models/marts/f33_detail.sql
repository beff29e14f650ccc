-- One row an LEA, year and item of the F-33: its amount, or why there is none.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lea_years as (select * from {{ rows_to_build(ref('int_lea_years_listed')) }}),

items as (select * from {{ ref('f33_item') }} where item_group <> 'outside_f33'),

amounts as (select * from {{ rows_to_build(ref('int_f33_items_summed')) }}),

tellable as (select * from {{ ref('int_f33_items_tellable') }}),

untold as (select * from {{ rows_to_build(ref('int_f33_items_untold')) }}),

revenue as (select lea_id, fiscal_year from {{ rows_to_build(ref('int_revenue_summed')) }}),

membership as (select * from {{ rows_to_build(ref('int_membership_totaled')) }} where school_id is null),

judged as (
    select
        lea_years.lea_id, lea_years.lea_name, lea_years.fiscal_year,
        items.f33_item, items.item_name, items.item_group,
        amounts.amount,
        case
            when items.first_fiscal_year > lea_years.fiscal_year then 'not_applicable'
            when items.item_group = 'membership' then case when amounts.amount is null then 'missing' end
            when lea_years.spending_status = 'missing' then 'missing'
            when revenue.lea_id is null and (
                items.item_group in ('federal_revenue', 'state_revenue', 'local_revenue', 'exhibit_covid_rev')
                or items.f33_item in ('TOTALREV', 'TFEDREV', 'TSTREV', 'TLOCREV', '_21F')
            ) then 'missing'
            when amounts.amount is null and tellable.f33_item is null and items.is_residual = 'Y' then 'not_applicable'
            when amounts.amount is null and tellable.f33_item is null then 'missing'
            when amounts.amount is null and untold.f33_item is not null then 'missing'
        end as lacking,
        case when items.item_group = 'membership' then membership.data_as_of else lea_years.data_as_of end as data_as_of
    from lea_years
    cross join items
    left join amounts
        on lea_years.lea_id = amounts.lea_id and lea_years.fiscal_year = amounts.fiscal_year and items.f33_item = amounts.f33_item
    left join tellable on lea_years.fiscal_year = tellable.fiscal_year and items.f33_item = tellable.f33_item
    left join untold
        on lea_years.lea_id = untold.lea_id and lea_years.fiscal_year = untold.fiscal_year and items.f33_item = untold.f33_item
    left join revenue on lea_years.lea_id = revenue.lea_id and lea_years.fiscal_year = revenue.fiscal_year
    left join membership on lea_years.lea_id = membership.lea_id and lea_years.fiscal_year = membership.fiscal_year
),

final as (
    select
        lea_id, lea_name, fiscal_year, f33_item, item_name, item_group,
        case when lacking is null then {{ money('coalesce(amount, 0)') }} end as amount,
        coalesce(lacking, case when coalesce(amount, 0) = 0 then 'zero' else 'reported' end) as item_status,
        case lacking when 'missing' then 'M' when 'not_applicable' then 'N' else 'R' end as flag,
        data_as_of
    from judged
)

select * from final
