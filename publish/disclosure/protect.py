"""The public tables of a generation: the same rows, without what gives somebody away, and with a word for each cell that is gone.

A hidden cell is empty, and `suppressed_columns` of its row names it with the reason: `membership_count:small_cell`. A cell that is
empty and not named there is missing or not computable, as in the restricted table; zero stays zero.

Belongs here: making those tables. Does not belong here: choosing counts (`hiding`), rows that give somebody away (`flags`), releases.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.refusals import Refusal
from publish.content_hash import columns_of, quoted
from publish.disclosure.columns import PublicTable, Rule, described, read_columns
from publish.disclosure.flags import AT, write_flags
from publish.disclosure.hiding import COMPLEMENT, Hidden, hide
from publish.disclosure.policy import DisclosurePolicy
from publish.disclosure.pupils import NOTE, counts_of, released

WORDS = {NOTE: "Cells of the row that are hidden, as column:reason, apart by semicolons. small_cell: few pupils or persons; complement: another would follow from it; policy: never public. Empty: none."}  # fmt: skip
# Where a flag stands, and by which columns it joins.
FLAGS = {
    "lea": ("hidden_lea", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "lea_before": ("hidden_lea", {"fiscal_year": "fiscal_year - 1", "lea_id": "lea_id"}),
    "school": ("hidden_school", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "school_id": "school_id"}),
    "school_lea": ("(select distinct fiscal_year, lea_id, 'complement' as reason from {at}.hidden_school)", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "members": ("hidden_members_lea", {"fiscal_year": "fiscal_year", "view": "view", "unit_id": "unit_id"}),
    "placement": ("hidden_placement", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "members_placement": ("hidden_members_placement", {"fiscal_year": "fiscal_year", "view": "view", "unit_id": "unit_id"}),
    "pay_category": ("hidden_pay_category", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "school_id": "school_id"}),
    "pay_school": ("hidden_pay_school", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "school_id": "school_id"}),
    "pay_any": ("(select distinct fiscal_year, lea_id, 'complement' as reason from {at}.hidden_pay_school)", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "pay_lea": ("hidden_pay_lea", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
}  # fmt: skip
MIX = "school_spending_mix"
# The outcome of a row rests on few pupils, or few reached it, or few did not; a count nobody told may be small.
FEW = (
    "case when t.outcome_value is not null and (t.outcome_count is null or t.outcome_count < {minimum} or t.outcome_value between 0 and 1 and ("
    "round(t.outcome_value * t.outcome_count) between 1 and {minimum} - 1 "
    "or round((1 - t.outcome_value) * t.outcome_count) between 1 and {minimum} - 1)) then 'small_cell' end"
)


@dataclass
class Protected:
    """The public tables. `summary`: how many cells are hidden, by reason; `exposed`: small counts that an earlier release has shown."""

    tables: dict[str, pa.Table]
    hidden: Hidden
    summary: dict[str, int] = field(default_factory=dict)
    plain: int = 0
    words = WORDS

    def lines(self) -> list[str]:
        """What is hidden, for a person who decides."""
        counted = sum(1 for reason in self.hidden.reasons.values() if reason == COMPLEMENT)
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(self.summary.items())) or "none"
        found = [
            f"{len(self.tables)} tables. Cells hidden: {told}.",
            f"Counts of pupils hidden: {len(self.hidden.reasons):,}, of which {counted:,} only so that another does not follow "
            f"(plain complementary suppression, LEA by LEA: {self.plain:,}).",
        ]
        if self.hidden.exposed:
            found.append(f"An earlier release has shown, or gives away, {len(self.hidden.exposed)} small counts; they are hidden now: {', '.join(map(str, self.hidden.exposed[:5]))}.")  # fmt: skip
        return found


def protect(
    con: duckdb.DuckDBPyConnection, policy: DisclosurePolicy, earlier: Sequence[tuple[Path, Path]], seeds: Path
) -> Protected:
    """The public tables of the generation `con` is opened on. `earlier`: of every release before its public folder and that of the
    generation it came from; `seeds`: its reference tables.

    Raises:
        Refusal: a table of the generation has no row in `disclosure_column`.
    """
    tables = [row[0] for row in con.execute("select table_name from duckdb_tables() where schema_name = 'marts' union select view_name from duckdb_views() where schema_name = 'marts' order by 1").fetchall()]  # fmt: skip
    if unknown := described(tables, seeds):
        raise Refusal(f"disclosure_column.csv says nothing of table {', '.join(unknown)}: add a row for it, not_public if it is for nobody outside.")  # fmt: skip
    counts = counts_of(con)
    before = [released(public, restricted) for public, restricted in earlier]
    hidden = hide(counts, policy.minimum_pupils, policy.protection_width, before)
    write_flags(con, hidden.reasons, policy, _role_groups(seeds))
    public = read_columns(seeds)
    if MIX in public and MIX in tables:
        _complete_mix(con, public[MIX])
    made = {name: _protected(con, table, policy.minimum_pupils) for name, table in public.items() if name in tables}
    return Protected(made, hidden, _summary(made.values()), _plain(counts, policy.minimum_pupils))


def _role_groups(seeds: Path) -> dict[str, str]:
    with (seeds / "ccd_staff_category.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["role_group"] for row in csv.DictReader(stream)}


def _protected(con: duckdb.DuckDBPyConnection, table: PublicTable, minimum: int) -> pa.Table:
    """The rows of one table with its hidden cells emptied and named."""
    columns = columns_of(con, quoted(table.name))
    here = {column.name for column in columns}
    joins, reasons = [], {}
    for number, rule in enumerate(rule for rule in table.rules if rule.column in here):
        join, reason = _joined(rule, number, minimum)
        joins += [join] if join else []
        reasons.setdefault(rule.column, []).append(reason)
    why = {name: f"coalesce({', '.join(found)})" for name, found in reasons.items()}
    cells = [
        f"case when {why[one.name]} is null then t.{one.quoted} end as {one.quoted}"
        if one.name in why
        else f"t.{one.quoted}"
        for one in columns
    ]
    # An empty cell stays what it was: only a figure that was there can be hidden.
    notes = [
        f"case when {reason} is not null and t.{quoted(name)} is not null then '{name}:' || {reason} end"
        for name, reason in why.items()
    ]
    note = f"nullif(concat_ws(';', {', '.join(notes)}), '')" if notes else "cast(null as varchar)"
    query = f"select {', '.join(cells)}, {note} as {NOTE} from {quoted(table.name)} as t {' '.join(joins)}"
    return con.execute(f"select * from ({query}) order by all").to_arrow_table()


def _joined(rule: Rule, number: int, minimum: int) -> tuple[str, str]:
    """The join to a rule's flag, and the reason it gives."""
    where = "true"
    if rule.only_where:
        name, values = rule.only_where
        where = f"t.{quoted(name)} in ({', '.join(_literal(value) for value in values)})"
    if rule.role == "never":
        return "", f"case when {where} then 'policy' end"
    if rule.role == "own_count":
        return "", FEW.format(minimum=minimum)
    source, keys = FLAGS[rule.role]
    source = source.format(at=AT) if source.startswith("(") else f"{AT}.{source}"
    on = [f"f{number}.{name} = t.{value}" for name, value in keys.items()] + [where]
    if rule.role_group:
        on.append(f"f{number}.role_group = {_literal(rule.role_group)}")
    return f"left join {source} as f{number} on {' and '.join(on)}", f"f{number}.reason"


def _complete_mix(con: duckdb.DuckDBPyConnection, table: PublicTable) -> None:
    """A school whose only hidden category is the pay of few persons: its smallest other category goes too, for they add to its total."""
    cases = " ".join(
        f"when {_literal(rule.only_where[1][0])} then {_literal(rule.role_group)}"
        for rule in table.rules if rule.role == "pay_category" and rule.only_where and rule.column == "amount"
    )  # fmt: skip
    group = f"case category {cases} end"
    con.execute(
        f"create or replace table {AT}.mix as select mix.fiscal_year, mix.lea_id, mix.school_id, {group} as role_group, mix.amount, "
        f"pay.reason is not null as is_hidden from school_spending_mix as mix left join {AT}.hidden_pay_category as pay "
        f"on mix.fiscal_year = pay.fiscal_year and mix.lea_id = pay.lea_id and mix.school_id = pay.school_id and pay.role_group = {group} "
        "where mix.amount <> 0"
    )
    con.execute(
        f"insert into {AT}.hidden_pay_category select fiscal_year, lea_id, school_id, min_by(role_group, amount), '{COMPLEMENT}' from {AT}.mix "
        f"where not is_hidden and role_group is not null and (fiscal_year, lea_id, school_id) in (select (fiscal_year, lea_id, school_id) "
        f"from {AT}.mix where is_hidden group by fiscal_year, lea_id, school_id having count(*) = 1) group by all"
    )


def _summary(tables: Iterator[pa.Table]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for table in tables:
        for text in table.column(NOTE).to_pylist():
            counted.update(one.rpartition(":")[2] for one in (text or "").split(";") if one)
    return dict(counted)


def _plain(counts, minimum: int) -> int:
    """What plain complementary suppression would hide: in every LEA with one small school the next smallest too."""
    found = 0
    for one in counts.sums:
        small = sum(1 for cell in one.parts if 0 < counts.values.get(cell, 0) < minimum)
        found += small + (small == 1)
    return found


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
