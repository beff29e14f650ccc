"""`marts.ledger_as_of(T)`: the ledger as the cut took it at a moment, out of one generation's own files.

Belongs here: the macro's text. Does not belong here: which submission counted when (`dim_submission_use`), which lines no
longer count (`fct_ledger_superseded`): both are models.

The files are named relative to the generation's folder, as in the views over facts, so the folder may be moved.
"""

from pathlib import Path

import duckdb

from publish.facts import sql_path
from publish.warehouse_file import TARGET

LINES = ("fct_ledger", "fct_ledger_superseded")
USES = "dim_submission_use"
WORDS = (
    "Ledger lines of the submissions that counted at a moment: text, date or timestamp; UTC unless it says otherwise;"
    " a day means its end. Example: select sum(amount) from marts.ledger_as_of('2026-03-31')"
)

MACRO = """create macro {target}.marts.ledger_as_of(moment) as table
with asked as (
    select cast(moment as varchar) as text
),
moments as (
    select case
        when length(text) = 10 then epoch_us(cast(text as date) + interval 1 day) - 1
        when regexp_matches(text, '(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$') then epoch_us(cast(text as timestamptz))
        else epoch_us(cast(text as timestamp))
    end as asked_us
    from asked
),
counted as (
    select uses.submission_id
    from {uses} as uses cross join moments
    where uses.collection = 'ledger'
        and epoch_us(uses.used_from_at) <= moments.asked_us
        and coalesce(epoch_us(uses.used_until_at) > moments.asked_us, true)
)
select lines.* from {lines} as lines semi join counted using (submission_id)"""


def write_ledger_macro(con: duckdb.DuckDBPyConnection, draft: Path) -> None:
    """Define the macro in the generation's file, if the generation holds what it needs."""
    files = sorted(path.relative_to(draft) for fact in LINES for path in draft.glob(f"facts/{fact}/*.parquet"))
    held = {path.parent.name for path in files}
    if not held.issuperset(LINES) or not (draft / "marts" / f"{USES}.parquet").is_file():
        return
    named = ", ".join(f"'{sql_path(path)}'" for path in files)
    define_ledger_macro(con, f"read_parquet(['marts/{USES}.parquet'])", f"read_parquet([{named}])")


def define_ledger_macro(con: duckdb.DuckDBPyConnection, uses: str, lines: str) -> None:
    """Define the macro in the attached file, over the relations that hold the submissions' uses and the lines."""
    con.execute(MACRO.format(target=TARGET, uses=uses, lines=lines))
    con.execute(f"comment on macro table {TARGET}.marts.ledger_as_of is '{WORDS.replace(chr(39), chr(39) * 2)}'")
