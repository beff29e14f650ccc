"""What of the catalogue the public is told: the released tables and columns, and why cells of them are hidden.

Belongs here: leaving out what is not public, and the rules of disclosure control in words. Does not belong here: those rules themselves
(`publish.disclosure`), pages (`pages`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from publish.disclosure.columns import PublicTable, Rule, all_tables
from publish.disclosure.policy import RULES, DisclosurePolicy
from publish.site.catalogue import Catalogue, Column, Node, Table

Shown = Mapping[str, Sequence[tuple[str, str, str]]]
OPEN = ("table", "collection", "reference")
# Nobody outside sees who overlooked what of which file.
CLOSED = ("reference:waivers",)
ROLES = {
    "lea": "hidden where a count of the LEA's pupils is hidden",
    "lea_before": "hidden where a count of the LEA's pupils is hidden the year before",
    "school": "hidden where the count of the school's pupils is hidden",
    "school_lea": "hidden where a count of some school of the LEA is hidden, so that it cannot be worked out from the others",
    "members": "hidden where a count of an LEA in the unit is hidden",
    "placement": "hidden where payments to other schools may be for few pupils",
    "members_placement": "hidden where payments to other schools by an LEA in the unit may be for few pupils",
    "served": "hidden where the count of pupils that the LEA's schools serve is hidden",
    "pay_category": "hidden where it is the pay of few persons, or that would follow from it",
    "pay_row": "hidden where it is pay below the policy's amount, or that would follow from it",
    "pay_item": "hidden where pay below the policy's amount would follow from it",
    "members_pay": "hidden where pay below the policy's amount of an LEA in the unit would follow from it",
    "pay_lea": "hidden where the pay of few persons of the LEA would follow from it",
    "coded": "a rate near all or none is shown as the policy's own: so much or more, so much or less",
    "goes_with_coded": "hidden where the rate is coded",
    "own_count": "hidden where the outcome rests on few pupils, or few reached it, or few did not",
    "changed_outcome": "hidden where the outcome differs from an earlier release by few pupils",
    "never": "never public",
}
"""Each role of `disclosure_column.csv` in words; one that is not here is told as it is named."""


def comments_of(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], Shown]:
    """What the tables of a generation's file say of themselves: words of each, and its columns as name, type and words."""
    where = "where schema_name = 'marts'"
    tables = con.execute(f"select table_name, comment from duckdb_tables() {where} order by 1").fetchall()
    columns: dict[str, list[tuple[str, str, str]]] = {name: [] for name, _ in tables}
    for table, *column in con.execute(f"select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() {where} order by table_name, column_index").fetchall():  # fmt: skip
        columns[table].append(tuple(column))
    return {name: words or "" for name, words in tables}, columns


def public_catalogue(whole: Catalogue, words: Mapping[str, str], shown: Shown, hidden: Collection[str]) -> Catalogue:
    """The catalogue of released tables.

    Args:
        whole: what the generation they come from says of its tables; it may know less.
        words: of each released table; `shown`: its columns as name, type and words.
        hidden: tables whose names are not told.
    """
    tables = {name: _table(whole.tables.get(name) or Table(name, words[name], (), ()), columns, hidden) for name, columns in shown.items()}  # fmt: skip
    nodes = {key: _node(node, hidden) for key, node in _open(whole, set(shown)).items()}
    return Catalogue(tables, nodes)


def hidden_tables(whole: Catalogue, seeds: Path, shown: Collection[str]) -> list[str]:
    """The names of the tables that are not released, as the catalogue and the rules of disclosure know them."""
    return sorted((set(whole.tables) | all_tables(seeds)) - set(shown))


def without_sentences(text: str, names: Iterable[str]) -> str:
    """A text without the sentences that name one of these tables."""
    telling = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")
    sentences = re.split(r"(?<=[.;:]) ", text)
    return " ".join(one for one in sentences if not telling.search(one)).rstrip(";: ")


def hidden_when(table: PublicTable | None) -> dict[str, list[str]]:
    """Of each column of a table when it is hidden, in words."""
    found: dict[str, list[str]] = {}
    for rule in table.rules if table else ():
        if words := _when(rule):
            found.setdefault(rule.column, []).append(words)
    return {name: list(dict.fromkeys(words)) for name, words in found.items()}


def policy_rows(policy: DisclosurePolicy) -> list[tuple[str, str, str, str]]:
    """Rules of the policy: name, meaning, value and source."""
    sources = dict(policy.sources)
    return [(rule, words, f"{getattr(policy, rule):,}", sources.get(rule, "")) for rule, words in RULES.items()]


def _when(rule: Rule) -> str:
    if rule.role == "free":
        return ""
    words = ROLES.get(rule.role, rule.role.replace("_", " "))
    if rule.only_where:
        name, values = rule.only_where
        return f"{words}, in rows where `{name}` is {', '.join(values)}"
    return words


def _table(table: Table, columns: Sequence[tuple[str, str, str]], hidden: Iterable[str]) -> Table:
    known = {column.name: column for column in table.columns}
    made = []
    for own, data_type, words in columns:
        column = known.get(own, Column(own, data_type, words))
        made.append(replace(column, description=without_sentences(words or column.description, hidden), meta=_meta(column, hidden)))  # fmt: skip
    rules = tuple(rule for rule in table.rules if rule == without_sentences(rule, hidden))
    return replace(table, description=without_sentences(table.description, hidden), columns=tuple(made), rules=rules, edits=())  # fmt: skip


def _meta(column: Column, hidden: Iterable[str]) -> Mapping:
    """Nothing of how a column comes about that names a hidden table."""
    return {name: said for name, said in column.meta.items() if str(said) == without_sentences(str(said), hidden)}


def _open(whole: Catalogue, shown: Collection[str]) -> dict[str, Node]:
    """What is told of the ways: a table that is hidden and every calculation is passed by."""
    kept = {
        key for key, node in whole.nodes.items()
        if node.kind in OPEN and key not in CLOSED and (node.kind != "table" or node.name in shown)
    }  # fmt: skip
    return {key: replace(whole.nodes[key], parents=_past(whole, key, kept)) for key in sorted(kept)}


def _past(whole: Catalogue, start: str, kept: Collection[str]) -> tuple[str, ...]:
    found, seen, waiting = set(), set(), list(whole.nodes[start].parents)
    while waiting:
        one = waiting.pop()
        if one in kept:
            found.add(one)
        elif one not in seen:
            seen.add(one)
            waiting += whole.nodes[one].parents
    return tuple(sorted(found))


def _node(node: Node, hidden: Iterable[str]) -> Node:
    return replace(node, description=without_sentences(node.description, hidden))
