-- One row a view, unit and year: the figures of the LEAs that belong to it, added. Views as in lea_panel.
{{ config(materialized='table') }}
{%- set measures = panel_measures() %}

with

spending as (select * from {{ ref('district_spending') }}),

successors as (select * from {{ ref('int_lea_successors') }}),

divided as (select * from {{ ref('int_lea_figures_divided') }}),

groups as (select * from {{ ref('int_lea_groups') }}),

members as (
    select
        'as_reported' as view, lea_id as unit_id, lea_id, fiscal_year, spending_status, data_as_of, false as is_estimated,
        {{ measures | join(', ') }}
    from spending
    union all
    select
        'constant_boundary' as view, groups.group_id as unit_id, spending.lea_id, spending.fiscal_year, spending.spending_status,
        spending.data_as_of, false as is_estimated,
        {% for measure in measures %}spending.{{ measure }}{{ ', ' if not loop.last }}{% endfor %}
    from spending
    inner join groups on spending.lea_id = groups.lea_id
    union all
    select
        'harmonized' as view, successors.unit_id, spending.lea_id, spending.fiscal_year, spending.spending_status,
        spending.data_as_of, successors.is_estimated,
        {% for measure in measures -%}
        case when successors.unit_count = 1 then spending.{{ measure }} else divided.{{ measure }} end as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from spending
    inner join successors on spending.lea_id = successors.lea_id and spending.fiscal_year = successors.fiscal_year
    left join divided
        on successors.lea_id = divided.lea_id
        and successors.fiscal_year = divided.fiscal_year
        and successors.unit_id = divided.unit_id
),

final as (
    select
        view, unit_id, fiscal_year,
        count(distinct lea_id) as lea_count,
        count(distinct case when spending_status = 'reported' then lea_id end) as reporting_lea_count,
        string_agg(distinct lea_id, ', ' order by lea_id) as member_lea_ids,
        bool_or(is_estimated) as is_estimated,
        {% for measure in measures -%}
        cast(sum({{ measure }}) as {{ panel_type(measure) }}) as {{ measure }},
        {% endfor -%}
        {{ money('sum(case when is_estimated then total_expenditure_amount end)') }} as estimated_expenditure_amount,
        -- A ratio needs spending and pupils of the same LEAs.
        count(current_expenditure_amount) = count(*) and count(fall_membership_count) = count(*) as is_covered,
        max(data_as_of) as data_as_of
    from members
    group by view, unit_id, fiscal_year
)

select * from final
