{# The total over a group's rows is not above the largest allowed. #}
{% test group_total_between(model, group, total, max_value, min_value=none, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, sum({{ total }}) as group_total
from {{ rows_to_prove(model, column, when) }} as proven
where {% for part in group %}{{ part }} is not null{{ ' and ' if not loop.last }}{% endfor %}
group by {{ key }}
having sum({{ total }}) > {{ max_value }}{% if min_value is not none %} or sum({{ total }}) < {{ min_value }}{% endif %}
{% endtest %}
