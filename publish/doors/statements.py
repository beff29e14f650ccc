"""Which statements a served generation answers: one SELECT that calls nothing but what computes.

DuckDB's own parser decides, inside the server: `json_serialize_sql` reads SELECT alone (SHOW, DESCRIBE and SUMMARIZE
are spelled so too), and the tree it gives names every function and table. Text is never searched for words.

Belongs here: the macro that decides. Does not belong here: what DuckDB refuses by its settings (`server`).
"""

from __future__ import annotations

from collections.abc import Iterable

TABLE_FUNCTIONS = (
    "duckdb_columns",
    "duckdb_schemas",
    "duckdb_tables",
    "duckdb_views",
    "generate_series",
    "histogram",
    "histogram_values",
    "ledger_as_of",
    "range",
    "unnest",
)
"""All that may stand in FROM. Others read files, run text as SQL, talk to servers or change this one."""

REFUSED_FUNCTIONS = (
    "current_setting",
    "currval",
    "getvariable",
    "nextval",
    "pg_sleep",
    "setseed",
    "sleep_ms",
    "write_log",
)
"""Functions of a value that tell of the machine, wait, or leave a mark; and all of Quack's own."""

REFUSED_VIEWS = ("duckdb_databases", "duckdb_logs", "pragma_database_list")

MACRO = """create macro edfin_answers(connection, query) as (
    select coalesce(
        (tree->>'$.error') = 'false'
        and json_array_length(tree->'$.statements') = 1
        and not exists (
            select 1 from json_tree(tree) as node
            where node.key = 'function_name'
                and (lower(node.value->>'$') in ({functions}) or contains(lower(node.value->>'$'), 'quack'))
            union all
            select 1 from json_tree(tree) as node
            where node.type = 'OBJECT' and (node.value->>'$.type') = 'TABLE_FUNCTION'
                and coalesce(lower(node.value->>'$.function.function_name') not in ({table_functions}), true)
            union all
            select 1 from json_tree(tree) as node
            where node.key = 'table_name' and lower(node.value->>'$') in ({views})
        ),
        false
    )
    from (select json_serialize_sql(query::varchar) as tree)
)"""


def answers_sql() -> str:
    """The macro `edfin_answers(connection, query)`: whether a query is answered. What cannot be read is not."""
    return MACRO.format(
        functions=_listed(REFUSED_FUNCTIONS),
        table_functions=_listed(TABLE_FUNCTIONS),
        views=_listed(REFUSED_VIEWS),
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
