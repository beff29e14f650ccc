{# No two rows (of one file, where the rows are raw) have the same values in the columns; empty equals empty. #}
{% test unique_key(model, columns, column=none, when=none) %}
{% set key = within_one_file(columns) %}
select {{ key }}, count(*) as row_count
from {{ rows_to_prove(model, column, when) }} as proven
group by {{ key }}
having count(*) > 1
{% endtest %}
