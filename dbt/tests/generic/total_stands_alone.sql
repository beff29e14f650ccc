{# A total is not given beside single parts of its group, in any of the counts. #}
{% test total_stands_alone(model, group, part, total_value, counts, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, count(*) as row_count
from {{ rows_to_prove(model, column, when) }} as proven
group by {{ key }}
having {% for count in counts -%}
    (count(case when {{ part }} = '{{ total_value }}' then {{ count }} end) > 0
        and count(case when {{ part }} <> '{{ total_value }}' then {{ count }} end) > 0){{ ' or ' if not loop.last }}
{%- endfor %}
{% endtest %}
