{# The expression holds in every row; what cannot be told (null) passes. #}
{% test row_satisfies(model, expression, column_name=none, column=none, when=none, points=none) %}
select *
from {{ rows_to_prove(model, column_name or column, when) }} as proven
where not ({{ expression }})
{% endtest %}
