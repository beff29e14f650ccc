-- One row an LEA, year and unit of the latest map, for LEAs whose figures go to several: each figure in whole cents or pupils, by
-- largest remainder, so that the parts add to what was reported.
{{ config(materialized='table') }}
{%- set measures = panel_measures() %}

with

spending as (select * from {{ ref('district_spending') }}),

successors as (select * from {{ ref('int_lea_successors') }} where unit_count > 1),

figures as (
    {% for measure, units in measures.items() -%}
    select lea_id, fiscal_year, '{{ measure }}' as measure, cast({{ measure }} * {{ units }} as bigint) as units
    from spending where {{ measure }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

shares as (
    select
        figures.*, successors.unit_id,
        cast(floor(abs(figures.units) * successors.weight) as bigint) as whole_units,
        abs(figures.units) * successors.weight - floor(abs(figures.units) * successors.weight) as remainder
    from figures
    inner join successors on figures.lea_id = successors.lea_id and figures.fiscal_year = successors.fiscal_year
),

ranked as (
    select
        shares.*,
        abs(units) - sum(whole_units) over figure as units_left,
        -- Rounded, since weights are doubles: two halves must tie.
        row_number() over (partition by lea_id, fiscal_year, measure order by round(remainder, 5) desc, unit_id) as turn
    from shares
    window figure as (partition by lea_id, fiscal_year, measure)
),

divided as (
    select
        lea_id, fiscal_year, unit_id, measure,
        case when units < 0 then -1 else 1 end * (whole_units + case when turn <= units_left then 1 else 0 end) as units
    from ranked
),

final as (
    select
        lea_id, fiscal_year, unit_id
        {%- for measure, units in measures.items() %},
        cast(sum(case when measure = '{{ measure }}' then cast(units as decimal(18,0)) end) / {{ units }} as {{ panel_type(measure) }}) as {{ measure }}
        {%- endfor %}
    from divided
    group by lea_id, fiscal_year, unit_id
)

select * from final
