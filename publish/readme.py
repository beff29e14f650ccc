"""The README.md inside a generation: what it is, how to open it, and worked queries that run as they stand.

Queries are data. One is printed only if the generation holds every table it names.
"""

from dataclasses import dataclass

from publish.manifests import Manifest


@dataclass(frozen=True)
class WorkedQuery:
    question: str
    tables: tuple[str, ...]
    sql: str


QUERIES = (
    WorkedQuery(
        "What did the state spend per pupil, and on how many of its districts does the figure rest?",
        ("district_spending",),
        """select fiscal_year, count(*) as expected_lea_count, count(current_expenditure_per_pupil) as reporting_lea_count,
       sum(current_expenditure_amount) filter (where current_expenditure_per_pupil is not null)
       / sum(fall_membership_count) filter (where current_expenditure_per_pupil is not null)
         as current_expenditure_per_pupil
from district_spending
group by fiscal_year
order by fiscal_year""",
    ),
    WorkedQuery(
        "How did real spending per pupil change in the ten largest districts?",
        ("district_spending",),
        """select lea_name, fiscal_year, fall_membership_count, current_expenditure_per_pupil,
       real_current_expenditure_per_pupil
from district_spending
where lea_id in (
    select lea_id from district_spending group by lea_id order by max(fall_membership_count) desc nulls last limit 10
)
order by lea_name, fiscal_year""",
    ),
    WorkedQuery(
        "Which schools get the most from their own site, and which from the central pool?",
        ("school_spending", "dim_school"),
        """select fiscal_year, lea_id, school_id, membership_count, site_per_pupil, total_per_pupil,
       1 - site_per_pupil / total_per_pupil as central_share_rate
from school_spending
where membership_count > 0 and total_per_pupil > 0
order by fiscal_year desc, total_per_pupil desc
limit 20""",
    ),
    WorkedQuery(
        "On which functions does the state spend, and from whose money?",
        ("district_spending_detail",),
        """select fiscal_year, function_code, source_level, sum(amount) as amount
from district_spending_detail
group by all
order by fiscal_year, amount desc""",
    ),
    WorkedQuery(
        "Which published figures were restated most, why, and by which submissions?",
        ("restatements",),
        """select lea_id, fiscal_year, measure, previous_value, current_value, change_rate, reason_code,
       previous_rank, current_rank, current_submission_ids, previous_as_of, current_as_of
from restatements
order by abs(change_rate) desc nulls last
limit 20""",
    ),
    WorkedQuery(
        "What did a year's ledgers say at the end of a past day?",
        ("dim_submission_use", "fct_ledger_superseded"),
        """select fiscal_year, count(*) as line_count, sum(amount) as amount
from marts.ledger_as_of('2026-12-31')
where amount_type = 'actual' and account_class = 'expenditure'
group by fiscal_year
order by fiscal_year""",
    ),
    WorkedQuery(
        "Which source lines stand behind one district's year?",
        ("fct_ledger",),
        """select reporting_period, submission_id, row_number, fund_code, function_code, object_code, account_class, amount
from fct_ledger
where amount_type = 'actual'
  and (lea_id, fiscal_year) = (select (lea_id, fiscal_year) from fct_ledger order by fiscal_year desc, lea_id limit 1)
order by abs(amount) desc
limit 20""",
    ),
)


def readme_text(manifest: Manifest) -> str:
    """The generation's own README: what it is, its tables, worked queries."""
    tables = "\n".join(
        f"| `{table}` | {mart.rows:,} | `{mart.content_hash}` |" for table, mart in manifest.tables.items()
    )
    queries = "\n\n".join(
        f"**{query.question}**\n\n```sql\n{query.sql};\n```"
        for query in QUERIES
        if all(table in manifest.tables for table in query.tables)
    )
    purged = "".join(f"\nLeft out, because it was purged since: submission `{one}`." for one in manifest.purged)
    return f"""# Generation {manifest.generation_id}

Data as of {manifest.as_of} (event {manifest.event_position}), cut `{manifest.cut}`,
reference `{manifest.reference_version}`, code `{manifest.code_version}`.
With these four every number here can be built again. Nothing in this folder ever changes.{purged}

## Open it
- `edfin sql --generation {manifest.generation_id} "select * from district_spending limit 10"`
- `cd` into this folder, then `duckdb -readonly warehouse.duckdb` and `use marts;`
- from anywhere else (Python, a BI tool): open `warehouse.duckdb` read-only, with the setting
  `file_search_path` = this folder
- as one file that needs nothing beside it: `edfin export-db FILE --generation {manifest.generation_id}`; in PostgreSQL: `edfin publish --to URL`;
  from other DuckDBs: `edfin serve-sql` (all three with `--public` where it is released; recipes are in edfin's own README, *Opening it elsewhere*)
- without DuckDB: `marts/<table>.parquet`, and `facts/<fact>/<fiscal year>-<hash>.parquet` (one file a year)

`describe <table>` names the columns; what they mean says
`select column_name, comment from duckdb_columns() where table_name = '…'`.

## Worked queries

{queries}

## Contents
| table | rows | content hash |
|---|---|---|
{tables}
"""
