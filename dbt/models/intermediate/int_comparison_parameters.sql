-- One row a fiscal year: parameters of peers and productivity, the state's own policy where it has one, else the project's default.
with

years as (select distinct fiscal_year from {{ ref('stg_submission') }}),

defaults as (select * from {{ ref('comparison_parameter') }}),

own as (select * from {{ ref('policy') }}),

chosen as (
    select years.fiscal_year, defaults.parameter, cast(coalesce(own.value, defaults.value) as double) as value
    from defaults
    cross join years
    left join own on defaults.parameter = own.policy_key and {{ is_in_force('own', 'years.fiscal_year') }}
),

final as (
    select
        fiscal_year,
        {% for parameter in comparison_parameters() -%}
        max(case when parameter = '{{ parameter }}' then value end) as {{ parameter }}{{ ',' if not loop.last }}
        {% endfor %}
    from chosen
    group by fiscal_year
)

select * from final
