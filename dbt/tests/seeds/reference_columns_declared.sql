-- Every column of every reference table has a declared type: a guessed one would drop leading zeros.
{% set declared = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.resource_type == 'seed' %}
        {% for column in node.config.column_types %}{% do declared.append("('" ~ node.name ~ "', '" ~ column ~ "')") %}{% endfor %}
    {% endfor %}
{% endif %}
-- depends_on: {{ ref('leas') }}

select table_name, column_name
from information_schema.columns
where table_schema = 'reference'
    and (table_name, column_name) not in ({{ declared | join(', ') or "('', '')" }})
