"""Which rows give somebody away, as tables a query can join: by pupils, by payments for few of them, by averages of few persons.

Belongs here: those tables, in the schema `memory.main`. Does not belong here: which columns they hide (`columns`), the choice among
counts (`hiding`), amounts of pay (`pay_tables`, `site_pay`).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from publish.disclosure.hiding import SMALL, Cell
from publish.disclosure.pay import BETWEEN
from publish.disclosure.policy import DisclosurePolicy

AT = "memory.main"
PAYMENT_ITEMS = ("Q11", "V91", "V92")


def write_flags(
    con: duckdb.DuckDBPyConnection,
    reasons: Mapping[Cell, str],
    policy: DisclosurePolicy,
    role_groups: Mapping[str, str],
) -> None:
    """Write every table of flags. `role_groups`: role group by staff category."""
    _pupils(con, reasons)
    _placement(con, policy)
    _averages(con, policy.minimum_persons, role_groups)
    _panel(con)


def _pupils(con: duckdb.DuckDBPyConnection, reasons: Mapping[Cell, str]) -> None:
    """Of an LEA its own count, and what its schools serve; either may be hidden alone."""
    for name, kind, columns in (
        ("lea", "fall", "fiscal_year integer, lea_id varchar"),
        ("served", "served", "fiscal_year integer, lea_id varchar"),
        ("school", "school", "fiscal_year integer, lea_id varchar, school_id varchar"),
    ):
        con.execute(f"create or replace table {AT}.hidden_{name} ({columns}, reason varchar)")
        rows = [(*cell[1:], reason) for cell, reason in sorted(reasons.items(), key=str) if cell[0] == kind]
        if rows:
            con.executemany(f"insert into {AT}.hidden_{name} values ({', '.join('?' * len(rows[0]))})", rows)


def _placement(con: duckdb.DuckDBPyConnection, policy: DisclosurePolicy) -> None:
    """Years of an LEA in which something paid to other schools may be for few pupils: in all, by F-33 item, in budget or actual.

    A sum at or below zero of payments that are not is a few payments and what came back of them.
    """
    few = f"amount <> 0 and amount < {policy.placement_amount_minimum}"
    listed = ", ".join(f"'{item}'" for item in PAYMENT_ITEMS)
    net = "select lea_id, fiscal_year from district_spending_detail where object_code in ('511', '512', '591', '592') or object_code between '561' and '569' group by all having sum(abs(amount)) > 0 and sum(amount) <= 0"
    con.execute(
        f"create or replace table {AT}.hidden_placement as select distinct lea_id, fiscal_year, '{SMALL}' as reason from ("
        f"select lea_id, fiscal_year from (select lea_id, fiscal_year, payment_to_other_amount as amount from district_spending) where {few} "
        f"union all select lea_id, fiscal_year from operating_budget where step = 'payments_to_others' and {few} "
        f"union all select lea_id, fiscal_year from f33_detail where f33_item in ({listed}) and {few} union all {net})"
    )


def _averages(con: duckdb.DuckDBPyConnection, minimum: int, role_groups: Mapping[str, str]) -> None:
    """Roles of an LEA that few persons hold; without a file of staff no average is there to hide."""
    con.execute(f"create or replace table {AT}.staff_role (assignment_category varchar, role_group varchar)")
    con.executemany(f"insert into {AT}.staff_role values (?, ?)", sorted(role_groups.items()))
    # A file of fall and one of year end may both be there: the fewer persons decide.
    con.execute(
        f"create or replace table {AT}.hidden_pay_lea as select fiscal_year, lea_id, role_group, '{SMALL}' as reason from ("
        "select fiscal_year, lea_id, role_group, reporting_period, count(distinct staff_id) as persons "
        f"from fct_staff_assignments join {AT}.staff_role using (assignment_category) group by all) "
        f"group by all having min(persons) < {minimum}"
    )


def _panel(con: duckdb.DuckDBPyConnection) -> None:
    """Rows of the panel with a hidden LEA among their members; `hidden_pay_item` stands already."""
    listed = ", ".join(f"'{item}'" for item in BETWEEN)
    con.execute(
        f"create or replace table {AT}.hidden_between as select distinct lea_id, fiscal_year, reason from {AT}.hidden_pay_item where f33_item in ({listed})"
    )
    for name in ("lea", "placement", "between"):
        con.execute(
            f"create or replace table {AT}.hidden_members_{name} as select view, unit_id, panel.fiscal_year, min(hidden.reason) as reason "
            f"from lea_panel as panel join {AT}.hidden_{name} as hidden on panel.fiscal_year = hidden.fiscal_year "
            "and (panel.unit_id = hidden.lea_id or list_contains(list_transform(string_split(panel.member_lea_ids, ','), lambda one: trim(one)), hidden.lea_id)) "
            "group by all"
        )
