-- One row an LEA and year: the items of f33_detail side by side, and what the published identities leave over.
{% set largest = [] -%}
{% for total in f33_identities() %}{% do largest.append('abs(coalesce(differences.' ~ total ~ ', 0))') %}{% endfor -%}
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lea_years as (select * from {{ rows_to_build(ref('int_lea_years_listed')) }}),

details as (select * from {{ rows_to_build(ref('f33_detail')) }}),

items as (
    select
        lea_id, fiscal_year,
        {% for item in f33_items() -%}
        max(case when f33_item = '{{ item }}' then amount end) as {{ item }},
        {% endfor -%}
        max(case when f33_item = 'TOTALREV' and item_status not in ('missing', 'not_applicable') then 1 else 0 end) as has_revenue,
        max(data_as_of) as data_as_of
    from details
    group by lea_id, fiscal_year
),

-- Parts that are empty count as nothing; without its total an identity is not asked.
differences as (
    select
        lea_id, fiscal_year,
        {% for total, parts in f33_identities().items() -%}
        {{ total }}
        {%- for part in parts %} {{ '+' if part[0] == '-' else '-' }} coalesce({{ part | replace('-', '') }}, 0){% endfor %} as {{ total }}{{ ',' if not loop.last }}
        {% endfor %}
    from items
),

final as (
    select
        lea_years.lea_id, lea_years.nces_lea_id, lea_years.lea_name, lea_years.fiscal_year, lea_years.reporting_period,
        lea_years.spending_status,
        case when items.has_revenue = 1 then 'reported' else 'missing' end as revenue_status,
        {% for item in f33_items() -%}
        {{ 'cast(items.' ~ item ~ ' as integer) as ' ~ item if item in ['V33', 'MEMBERSCH'] else 'items.' ~ item }},
        {% endfor -%}
        {% for total in f33_identities() -%}
        {{ money('differences.' ~ total) }} as identity_{{ total | lower | replace('_', '') }}_difference_amount,
        {% endfor -%}
        {{ money("case when lea_years.spending_status = 'reported' then greatest("
            ~ largest | join(', ') ~ ", 0) end") }} as identity_difference_amount,
        items.data_as_of
    from lea_years
    left join items on lea_years.lea_id = items.lea_id and lea_years.fiscal_year = items.fiscal_year
    left join differences on lea_years.lea_id = differences.lea_id and lea_years.fiscal_year = differences.fiscal_year
)

select * from final
