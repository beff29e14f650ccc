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
from publish.content_hash import Column, columns_of, literal, quoted
from publish.disclosure.columns import NOTE, PublicTable, Rule, described, read_columns
from publish.disclosure.earlier_figures import OUTCOME_KEYS, write_changed
from publish.disclosure.flags import AT, write_flags
from publish.disclosure.hiding import COMPLEMENT, Hidden, hide
from publish.disclosure.pay_tables import write_pay
from publish.disclosure.policy import DisclosurePolicy
from publish.disclosure.pupils import counts_of, released
from publish.disclosure.site_pay import write_site_pay

WORDS = {NOTE: "Cells of the row that are hidden or coded, as column:reason, apart by semicolons. small_cell: few pupils or persons; complement: another would follow from it; policy: never public; top_coded, bottom_coded: so much or more, so much or less. Empty: none."}  # fmt: skip
# Where a flag stands, and by which columns it joins.
FLAGS = {
    "lea": ("hidden_lea", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "lea_before": ("hidden_lea", {"fiscal_year": "fiscal_year - 1", "lea_id": "lea_id"}),
    "school": ("hidden_school", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "school_id": "school_id"}),
    "school_lea": ("(select distinct fiscal_year, lea_id, 'complement' as reason from {at}.hidden_school)", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "members": ("hidden_members_lea", {"fiscal_year": "fiscal_year", "view": "view", "unit_id": "unit_id"}),
    "placement": ("hidden_placement", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "members_placement": ("hidden_members_placement", {"fiscal_year": "fiscal_year", "view": "view", "unit_id": "unit_id"}),
    "served": ("hidden_served", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
    "pay_category": ("hidden_pay_category", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "school_id": "school_id", "category": "category"}),
    "pay_row": ("hidden_pay_row", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "function_code": "coalesce(t.function_code, '')", "object_code": "coalesce(t.object_code, '')", "source_level": "coalesce(t.source_level, '')", "fund_code": "coalesce(t.fund_code, '')"}),
    "pay_item": ("hidden_pay_item", {"fiscal_year": "fiscal_year", "lea_id": "lea_id", "f33_item": "f33_item"}),
    "members_pay": ("hidden_members_between", {"fiscal_year": "fiscal_year", "view": "view", "unit_id": "unit_id"}),
    "changed_outcome": ("changed_outcome", {key: key if key in ("fiscal_year", "lea_id") else f"coalesce(t.{key}, '')" for key in OUTCOME_KEYS}),
    "pay_lea": ("hidden_pay_lea", {"fiscal_year": "fiscal_year", "lea_id": "lea_id"}),
}  # fmt: skip
# The outcome of a row rests on few pupils, or few reached it, or few did not; a count nobody told may be small. A rate that is coded
# is hidden where so few are counted that its range holds all or none alone.
FEW = (
    "case when t.outcome_value is not null and (t.outcome_count is null or t.outcome_count < {minimum} or t.outcome_value between 0 and 1 and ("
    "case when t.outcome_value >= {top} then {top} < 1 and t.outcome_count * (1 - {top}) < 1 "
    "when t.outcome_value <= {bottom} then {bottom} > 0 and t.outcome_count * {bottom} < 1 "
    "else round(t.outcome_value * t.outcome_count) between 1 and {minimum} - 1 "
    "or round((1 - t.outcome_value) * t.outcome_count) between 1 and {minimum} - 1 end)) then 'small_cell' end"
)
# A rate so near to all or none that it tells of every single pupil.
CODED, TOP, BOTTOM = "coded", "top_coded", "bottom_coded"
EXTREME = (
    "case when t.outcome_value > 1 or t.outcome_value < 0 then null "
    "when {top} < 1 and t.outcome_value >= {top} then 'top_coded' when {bottom} > 0 and t.outcome_value <= {bottom} then 'bottom_coded' end"
)


@dataclass
class Protected:
    """The public tables. `summary`: how many cells are hidden, by reason; `plain`: how many counts plain suppression would hide."""

    tables: dict[str, pa.Table]
    hidden: Hidden
    summary: dict[str, int] = field(default_factory=dict)
    plain: int = 0
    words = WORDS

    def lines(self) -> list[str]:
        """What is hidden, in counts, for everybody."""
        counted = sum(1 for reason in self.hidden.reasons.values() if reason == COMPLEMENT)
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(self.summary.items())) or "none"
        return [
            f"{len(self.tables)} tables. Cells hidden: {told}.",
            f"Counts of pupils hidden: {len(self.hidden.reasons):,}, of which {counted:,} only so that another does not follow "
            f"(plain complementary suppression, LEA by LEA: {self.plain:,}).",
        ]


def protect(
    con: duckdb.DuckDBPyConnection, policy: DisclosurePolicy, earlier: Sequence[tuple[Path, Path]], seeds: Path
) -> Protected:
    """The public tables of the generation `con` is opened on. `earlier`: of every release before its public folder and that of the
    generation it came from; `seeds`: its reference tables.

    Raises:
        Refusal: a table of the generation has no row in `disclosure_column`; what an earlier release hid is kept no longer.
    """
    tables = [row[0] for row in con.execute("select table_name from duckdb_tables() where schema_name = 'marts' union select view_name from duckdb_views() where schema_name = 'marts' order by 1").fetchall()]  # fmt: skip
    if unknown := described(tables, seeds):
        raise Refusal(f"disclosure_column.csv says nothing of table {', '.join(unknown)}: add a row for it, not_public if it is for nobody outside.")  # fmt: skip
    counts = counts_of(con)
    before = [released(restricted) for _, restricted in earlier]
    hidden = hide(counts, policy.minimum_pupils, policy.protection_width, before)
    role_groups = _role_groups(seeds)
    write_pay(con, AT, policy, seeds, earlier)
    write_site_pay(con, AT, policy, seeds, role_groups, earlier)
    write_flags(con, hidden.reasons, policy, role_groups)
    write_changed(con, AT, policy, earlier)
    public = read_columns(seeds)
    made = {name: _protected(con, table, policy) for name, table in public.items() if name in tables}
    return Protected(made, hidden, _summary(made.values()), _plain(counts, policy.minimum_pupils))


def _role_groups(seeds: Path) -> dict[str, str]:
    with (seeds / "ccd_staff_category.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["role_group"] for row in csv.DictReader(stream)}


def _protected(con: duckdb.DuckDBPyConnection, table: PublicTable, policy: DisclosurePolicy) -> pa.Table:
    """The rows of one table with its hidden cells emptied and named, and its coded ones coded."""
    columns = columns_of(con, quoted(table.name))
    here = {column.name for column in columns}
    joins, reasons, codes = [], {}, {}
    for number, rule in enumerate(rule for rule in table.rules if rule.column in here):
        join, reason = _joined(rule, number, policy)
        joins += [join] if join else []
        if rule.role == CODED:
            codes[rule.column] = reason
        else:
            reasons.setdefault(rule.column, []).append(reason)
    why = {name: f"coalesce({', '.join(found)})" for name, found in reasons.items()}
    cells = [_cell(one, why.get(one.name), codes.get(one.name), policy) for one in columns]
    why |= {name: f"coalesce({why[name]}, {code})" if name in why else code for name, code in codes.items()}
    # An empty cell stays what it was: only a figure that was there can be hidden.
    notes = [
        f"case when {reason} is not null and t.{quoted(name)} is not null then '{name}:' || {reason} end"
        for name, reason in why.items()
    ]
    note = f"nullif(concat_ws(';', {', '.join(notes)}), '')" if notes else "cast(null as varchar)"
    query = f"select {', '.join(cells)}, {note} as {NOTE} from {quoted(table.name)} as t {' '.join(joins)}"
    return con.execute(f"select * from ({query}) order by all").to_arrow_table()


def _cell(column: Column, why: str | None, code: str | None, policy: DisclosurePolicy) -> str:
    """What stands in a public cell: nothing where it is hidden, the policy's own rate where it is coded."""
    value = f"t.{column.quoted}"
    if code:
        rates = f"case {code} when '{TOP}' then {policy.top_code_rate} when '{BOTTOM}' then {policy.bottom_code_rate} else {value} end"
        value = f"cast({rates} as {column.data_type})"
    return f"case when {why} is null then {value} end as {column.quoted}" if why else f"{value} as {column.quoted}"


def _joined(rule: Rule, number: int, policy: DisclosurePolicy) -> tuple[str, str]:
    """The join to a rule's flag, and the reason it gives."""
    where = "true"
    if rule.only_where:
        name, values = rule.only_where
        where = f"t.{quoted(name)} in ({', '.join(literal(value) for value in values)})"
    if rule.role == "never":
        return "", f"case when {where} then 'policy' end"
    if rule.role == "own_count":
        return "", FEW.format(minimum=policy.minimum_pupils, top=policy.top_code_rate, bottom=policy.bottom_code_rate)
    if rule.role in (CODED, "goes_with_coded"):
        return "", EXTREME.format(top=policy.top_code_rate, bottom=policy.bottom_code_rate)
    source, keys = FLAGS[rule.role]
    source = source.format(at=AT) if source.startswith("(") else f"{AT}.{source}"
    keys = dict(keys)
    if rule.role == "pay_item" and rule.role_group:
        # A table with a column for each item: the column says which.
        del keys["f33_item"]
        where += f" and f{number}.f33_item = {literal(rule.role_group)}"
    elif rule.role_group:
        where += f" and f{number}.role_group = {literal(rule.role_group)}"
    on = [f"f{number}.{name} = {value if '(' in value else f't.{value}'}" for name, value in keys.items()] + [where]
    return f"left join {source} as f{number} on {' and '.join(on)}", f"f{number}.reason"


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
