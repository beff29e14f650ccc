-- One row a fiscal year and scenario of the state's allocation formulas, its parameters side by side; defaults where it says nothing.
{{ config(materialized='table') }}

with

years as (select distinct fiscal_year from {{ ref('int_lea_years_listed') }}),

parameters as (
    select years.fiscal_year, parameters.*
    from years
    inner join {{ ref('formula_parameters') }} as parameters on {{ is_in_force('parameters', 'years.fiscal_year') }}
),

final as (
    select
        fiscal_year,
        scenario,
        {% for name, type in {'base_amount': 'decimal(18,2)', 'pool_rate': 'decimal(9,6)', 'foundation_amount': 'decimal(18,2)',
            'small_school_below': 'integer', 'small_school_amount': 'decimal(18,2)', 'concentration_threshold': 'decimal(9,6)',
            'concentration_rate': 'decimal(9,6)', 'hold_harmless_rate': 'decimal(9,6)', 'ada_amount': 'decimal(18,2)',
            'norm_rate': 'decimal(9,6)'}.items() -%}
        cast(max(case when parameter = '{{ name }}' then value end) as {{ type }}) as {{ name }},
        {% endfor -%}
        {% for name in ['pool_basis', 'concentration_group', 'ada_form'] -%}
        max(case when parameter = '{{ name }}' then value end) as {{ name }},
        {% endfor -%}
        coalesce(max(case when parameter = 'concentration_counts' then value end), 'pupils') as concentration_counts,
        coalesce(max(case when parameter = 'salary_basis' then value end), 'actual') as salary_basis,
        coalesce(max(case when parameter = 'missing_is_zero' then value end), 'N') = 'Y' as is_missing_zero
    from parameters
    group by fiscal_year, scenario
)

select * from final
