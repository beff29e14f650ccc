{# The total over a group's rows is not above the largest allowed. #}
{% test group_total_between(model, group, total, max_value, min_value=none, column=none, when=none) %}
{% set key = within_one_file(group) %}
select *
from (
    select {{ key }}, {% if is_raw_rule() %}max(fiscal_year) as fiscal_year, {% endif %}sum({{ total }}) as group_total
    from {{ rows_to_prove(model, column, when) }} as rows_proven
    where {% for part in group %}{{ part }} is not null{{ ' and ' if not loop.last }}{% endfor %}
    group by {{ key }}
) as proven
where group_total > {{ limit_of('max_value', max_value, 'proven') }}
    {%- if min_value is not none %} or group_total < {{ limit_of('min_value', min_value, 'proven') }}{% endif %}
{% endtest %}
