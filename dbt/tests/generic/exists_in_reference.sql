{# The columns together are in the reference table, in force in the row's fiscal year (or in any_year); a row with an empty one passes. #}
{% test exists_in_reference(model, table, match, column_name=none, column=none, any_year=false, when=none) %}
with

proven as (
    select *
    from {{ rows_to_prove(model, column_name or column, when) }} as rows_proven
    where {% for own in match %}{{ own }} is not null{{ ' and ' if not loop.last }}{% endfor %}
),

used as (select distinct fiscal_year, {{ match.keys() | join(', ') }} from proven),

missing as (
    select used.*
    from used
    left join {{ ref(table) }} as listed
        on {% for own, theirs in match.items() %}used.{{ own }} = listed.{{ theirs }} and {% endfor %}{{ 'true' if any_year else is_in_force('listed', 'used.fiscal_year') }}
    where listed.{{ match.values() | first }} is null
)

select proven.*
from proven
inner join missing
    on proven.fiscal_year = missing.fiscal_year
    {% for own in match %}and proven.{{ own }} = missing.{{ own }} {% endfor %}
{% endtest %}
