{# The parts of a group add up to its total, where both are given. #}
{% test group_parts_sum_to_total(model, group, part, parts_like, total_value, count, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, sum(case when {{ part }} like '{{ parts_like }}' then {{ count }} end) as parts_total
from {{ rows_to_prove(model, column, when) }} as proven
group by {{ key }}
having sum(case when {{ part }} like '{{ parts_like }}' then {{ count }} end)
    <> max(case when {{ part }} = '{{ total_value }}' then {{ count }} end)
{% endtest %}
