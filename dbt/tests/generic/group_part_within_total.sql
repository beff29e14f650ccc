{# No part of a group is larger than the group's total, and a part with a count has a total. #}
{% test group_part_within_total(model, group, part, total_value, count, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, max(case when {{ part }} <> '{{ total_value }}' then {{ count }} end) as largest_part
from {{ rows_to_prove(model, column, when) }} as proven
group by {{ key }}
having max(case when {{ part }} <> '{{ total_value }}' then {{ count }} end)
    > coalesce(max(case when {{ part }} = '{{ total_value }}' then {{ count }} end), 0)
{% endtest %}
