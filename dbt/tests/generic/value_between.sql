{# The value lies in the range, ends included, or there is none. #}
{% test value_between(model, column_name, min_value=none, max_value=none, when=none) %}
select *
from {{ rows_to_prove(model, column_name, when) }} as proven
where {{ column_name }} < {{ limit_of('min_value', min_value, 'proven') if min_value is not none else column_name }}
    or {{ column_name }} > {{ limit_of('max_value', max_value, 'proven') if max_value is not none else column_name }}
{% endtest %}
