{# All rows of a group say the same. #}
{% test group_has_one_value(model, group, value, column=none, when=none) %}
{% set key = within_one_file(group) %}
select {{ key }}, min({{ value }}) as lowest, max({{ value }}) as highest
from {{ rows_to_prove(model, column, when) }} as proven
where {% for part in group %}{{ part }} is not null{{ ' and ' if not loop.last }}{% endfor %}
group by {{ key }}
having min({{ value }}) <> max({{ value }})
{% endtest %}
