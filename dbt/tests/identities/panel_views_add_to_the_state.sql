-- Each view of the panel adds to the same figures of the state, to the cent and the pupil, every year.
{%- set measures = panel_measures() %}
with

state as (
    select
        fiscal_year
        {%- for measure in measures %}, sum({{ measure }}) as {{ measure }}{% endfor %}
    from {{ ref('district_spending') }}
    group by fiscal_year
),

views as (
    select
        view, fiscal_year
        {%- for measure in measures %}, sum({{ measure }}) as {{ measure }}{% endfor %}
    from {{ ref('lea_panel') }}
    group by view, fiscal_year
)

select views.view, views.fiscal_year
from views
inner join state on views.fiscal_year = state.fiscal_year
where false
    {%- for measure in measures %}
    or views.{{ measure }} is distinct from state.{{ measure }}
    {%- endfor %}
