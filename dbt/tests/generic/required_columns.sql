{# Every one of the columns has a value. #}
{% test required_columns(model, columns, when=none) %}
select *
from {{ rows_to_prove(model, none, when) }} as proven
where {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
