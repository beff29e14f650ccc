{# No part of a group is larger than the group's total, and a part with a count has a total. whole: a column and its value in rows of
   the whole; where a file gives no total of the whole, the totals of the single values together are one. #}
{% test group_part_within_total(model, group, part, total_value, count, whole={}, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, max(case when {{ part }} <> '{{ total_value }}' then {{ count }} end) as largest_part
from (
    select rows_proven.*
        {% for name, value in whole.items() -%}
        , case when {{ name }} = '{{ value }}' then
            sum(case when {{ part }} = '{{ total_value }}' then {{ count }} end) over (partition by {{ within_one_file(group | reject('equalto', name) | list) }})
        end as added_total
        {% else -%}
        , null as added_total
        {% endfor %}
    from {{ rows_to_prove(model, column, when) }} as rows_proven
) as proven
group by {{ key }}
having max(case when {{ part }} <> '{{ total_value }}' then {{ count }} end)
    > coalesce(max(case when {{ part }} = '{{ total_value }}' then {{ count }} end), max(added_total), 0)
{% endtest %}
