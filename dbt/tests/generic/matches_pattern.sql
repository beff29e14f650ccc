{# The whole text of the column matches the pattern, or there is none. #}
{% test matches_pattern(model, column_name, pattern, when=none) %}
select *
from {{ rows_to_prove(model, column_name, when) }} as proven
where not {{ full_match(column_name, pattern) }}
{% endtest %}
