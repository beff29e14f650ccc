"""Averages and rates that differ from an earlier release by so few persons or pupils that the difference is theirs.

Of 20 of 30 and then 21 of 31 the pupil who came reached it; an average salary times posts, of two releases with one post between them, is that
one's pay.

Belongs here: finding such figures, as tables a query can join. Does not belong here: figures that tell of few by themselves (`flags`, `protect`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from publish.disclosure.hiding import COMPLEMENT
from publish.disclosure.policy import DisclosurePolicy
from publish.facts import sql_path

OUTCOME_KEYS = ("fiscal_year", "lea_id", "measure", "subject", "grade_band", "assessment_id", "student_group")


def write_changed(
    con: duckdb.DuckDBPyConnection, at: str, policy: DisclosurePolicy, earlier: Sequence[tuple[Path, Path]]
) -> None:
    """Write the table `changed_outcome` in the schema `at`, and add to its table `hidden_pay_lea`. `earlier`: public folder of each release first."""
    keys = ", ".join(f"{_text(key, 'n')} as {key}" for key in OUTCOME_KEYS)
    con.execute(
        f"create or replace table {at}.changed_outcome as select {keys}, '' as reason from district_productivity as n limit 0"
    )
    for before in _tables(earlier, "district_productivity"):
        con.register("before", before)
        same = " and ".join(f"{_text(key, 'b')} = {_text(key, 'n')}" for key in OUTCOME_KEYS)
        # So many pupils were counted more, or reached it: of a rate, as points tell nothing of single pupils.
        counted = "abs(n.outcome_count - b.outcome_count)"
        reached = "abs(round(n.outcome_value * n.outcome_count) - round(b.outcome_value * b.outcome_count))"
        few = " or ".join(f"{one} > 0 and {one} < {policy.minimum_pupils}" for one in (counted, reached))
        con.execute(
            f"insert into {at}.changed_outcome select distinct {', '.join(_text(key, 'n') for key in OUTCOME_KEYS)}, '{COMPLEMENT}' "
            f"from district_productivity as n join before as b on {same} where n.outcome_value between 0 and 1 and b.outcome_value between 0 and 1 and ({few})"
        )
        con.unregister("before")
    for before in _tables(earlier, "district_staffing"):
        con.register("before", before)
        con.execute(
            f"insert into {at}.hidden_pay_lea select n.fiscal_year, n.lea_id, 'teacher', '{COMPLEMENT}' from district_staffing as n "
            "join before as b on n.lea_id = b.lea_id and n.fiscal_year = b.fiscal_year where b.average_teacher_salary_amount is not null "
            f"and n.average_teacher_salary_amount <> b.average_teacher_salary_amount and abs(n.teacher_fte - b.teacher_fte) < {policy.minimum_persons} "
            f"and (n.fiscal_year, n.lea_id) not in (select (fiscal_year, lea_id) from {at}.hidden_pay_lea where role_group = 'teacher')"
        )
        con.unregister("before")


def amounts_before(
    earlier: Sequence[tuple[Path, Path]], table: str, keys: Sequence[str]
) -> Iterator[tuple[tuple, Decimal, bool]]:
    """Of every earlier release the amounts of a table as they were: key, amount, whether it was hidden."""
    for public, restricted in earlier:
        open_file, whole_file = (folder / "marts" / f"{table}.parquet" for folder in (public, restricted))
        if open_file.is_file() and whole_file.is_file():
            with duckdb.connect() as own:
                for *key, amount, is_hidden in own.execute(
                    f"select {', '.join(keys)}, whole.amount, open.amount is null from '{sql_path(whole_file)}' as whole "
                    f"join '{sql_path(open_file)}' as open using ({', '.join(keys)}) where whole.amount is not null"
                ).fetchall():
                    yield tuple(key), amount, is_hidden


def _text(key: str, of: str) -> str:
    """A key that may be empty, as one that compares."""
    return f"{of}.{key}" if key in ("fiscal_year", "lea_id") else f"coalesce({of}.{key}, '')"


def _tables(earlier: Sequence[tuple[Path, Path]], name: str) -> Iterator[pa.Table]:
    """The table as each earlier release showed it."""
    for public, _ in earlier:
        path = public / "marts" / f"{name}.parquet"
        if path.is_file():
            with duckdb.connect() as own:
                yield own.execute(f"from '{sql_path(path)}'").to_arrow_table()
