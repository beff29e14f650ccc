{# The date lies in the row's fiscal year or in the months after it. #}
{% test date_in_fiscal_year(model, column_name, months_after=0, when=none) %}
select proven.*
from {{ rows_to_prove(model, column_name, when) }} as proven
inner join {{ ref('dim_fiscal_year') }} as years on proven.fiscal_year = years.fiscal_year
where proven.{{ column_name }} < years.starts_on
    or proven.{{ column_name }} > {{ dateadd('month', months_after, 'years.ends_on') }}
{% endtest %}
