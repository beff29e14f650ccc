"""The README.md inside a generation: what it is, how to open it, and worked queries that run as they stand.

Belongs here: that text. Does not belong here: the queries (`worked_queries`), the documentation site (`site`).
"""

from publish.manifests import Manifest
from publish.worked_queries import queries_over

SITE = """Every table, column, definition and word is explained in `docs/index.html`: open it in a browser; it needs no network.

"""


def readme_text(manifest: Manifest, has_site: bool = False, is_public: bool = False) -> str:
    """The generation's own README: what it is, its tables, worked queries."""
    facts = "" if is_public else ", and `facts/<fact>/<fiscal year>-<hash>.parquet` (one file a year)"
    site, option = SITE if has_site else "", " --public" if is_public else ""
    tables = "\n".join(
        f"| `{table}` | {mart.rows:,} | `{mart.content_hash}` |" for table, mart in manifest.tables.items()
    )
    queries = "\n\n".join(
        f"**{query.question}**\n\n```sql\n{query.sql};\n```" for query in queries_over(manifest.tables)
    )
    purged = "".join(f"\nLeft out, because it was purged since: submission `{one}`." for one in manifest.purged)
    return f"""# Generation {manifest.generation_id}

Data as of {manifest.as_of} (event {manifest.event_position}), cut `{manifest.cut}`,
reference `{manifest.reference_version}`, code `{manifest.code_version}`.
With these four every number here can be built again. Nothing in this folder ever changes.{purged}

## Open it
- `edfin sql{option} --generation {manifest.generation_id} "select * from district_spending limit 10"`
- `cd` into this folder, then `duckdb -readonly warehouse.duckdb` and `use marts;`
- from anywhere else (Python, a BI tool): open `warehouse.duckdb` read-only, with the setting
  `file_search_path` = this folder
- as one file that needs nothing beside it: `edfin export-db FILE --generation {manifest.generation_id}`; in PostgreSQL: `edfin publish --to URL`;
  from other DuckDBs: `edfin serve-sql` (all three with `--public` where it is released; recipes are in edfin's own README, *Opening it elsewhere*)
- without DuckDB: `marts/<table>.parquet`{facts}

{site}`describe <table>` names the columns; what they mean says
`select column_name, comment from duckdb_columns() where table_name = '…'` (with `--format csv`: a table on the screen cuts long text).

## Worked queries

{queries}

## Contents
| table | rows | content hash |
|---|---|---|
{tables}
"""
