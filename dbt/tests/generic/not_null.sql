{# The column has a value. #}
{% test not_null(model, column_name=none, column=none, when=none) %}
select *
from {{ rows_to_prove(model, column_name or column, when) }} as proven
where {{ column_name or column }} is null
{% endtest %}
