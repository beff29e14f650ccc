{# The column holds one of the values, or nothing. #}
{% test accepted_values(model, column_name, values, when=none) %}
select *
from {{ rows_to_prove(model, column_name, when) }} as proven
where {{ column_name }} not in ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
{% endtest %}
