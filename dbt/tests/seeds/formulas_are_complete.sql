-- In every year a scenario of formula_parameters is in force, it says where its money comes from, once, and its parts belong together.
with

years as (
    select distinct coalesce(first_fiscal_year, 2000) as fiscal_year from {{ ref('formula_parameters') }}
),

parameters as (
    select years.fiscal_year, parameters.*, try_cast(parameters.value as double) as number
    from years
    inner join {{ ref('formula_parameters') }} as parameters on {{ is_in_force('parameters', 'years.fiscal_year') }}
),

counted as (
    select
        fiscal_year, scenario,
        {% for name in ['pool_basis', 'base_amount', 'hold_harmless_rate', 'ada_form', 'ada_amount', 'small_school_below', 'small_school_amount',
            'concentration_group', 'concentration_threshold', 'concentration_rate'] -%}
        count(case when parameter = '{{ name }}' then 1 end) as {{ name }},
        {% endfor -%}
        max(case when parameter = 'ada_form' then value end) as ada,
        count(case when parameter = 'weight' and (student_group is null) = (grade_code is null) then 1 end) as weights_without_aim,
        count(case when parameter in ('pool_rate', 'base_amount', 'weight', 'foundation_amount', 'small_school_below', 'small_school_amount',
            'concentration_threshold', 'concentration_rate', 'hold_harmless_rate', 'ada_amount', 'norm_rate') and (number is null or number < 0) then 1 end) as not_numbers,
        count(case when parameter in ('hold_harmless_rate', 'norm_rate', 'pool_rate') and number > 1 then 1 end) as not_shares,
        count(case when parameter = 'concentration_threshold' and number >= 1 then 1 end) as no_room,
        count(case
            when parameter = 'pool_basis' and value not in ('site_state_local', 'site_total', 'operating_budget') then 1
            when parameter = 'concentration_counts' and value not in ('pupils', 'needy') then 1
            when parameter = 'salary_basis' and value not in ('actual', 'average') then 1
            when parameter = 'ada_form' and value not in ('A', 'B') then 1
            when parameter = 'missing_is_zero' and value not in ('Y', 'N') then 1
        end) as not_words
    from parameters
    group by fiscal_year, scenario
),

doubled as (
    select fiscal_year, scenario, parameter
    from parameters
    group by fiscal_year, scenario, parameter, student_group, grade_code
    having count(*) > 1
)

select fiscal_year, scenario, 'parts' as what
from counted
where pool_basis + base_amount <> 1
    or (hold_harmless_rate > 0 and pool_basis = 0)
    or (ada = 'B' and ada_amount = 0)
    or small_school_below <> small_school_amount
    or concentration_group <> concentration_rate or concentration_group <> concentration_threshold
    or weights_without_aim + not_numbers + not_shares + no_room + not_words > 0
union all
select fiscal_year, scenario, parameter from doubled
