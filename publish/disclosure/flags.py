"""Which rows give somebody away, as tables a query can join: by pupils, by payments for few of them, by the pay of few persons.

Belongs here: those tables, in the schema `memory.main`. Does not belong here: which columns they hide (`columns`), the choice among
counts (`hiding`).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from publish.disclosure.hiding import COMPLEMENT, SMALL, Cell
from publish.disclosure.policy import DisclosurePolicy

AT = "memory.main"


def write_flags(
    con: duckdb.DuckDBPyConnection,
    reasons: Mapping[Cell, str],
    policy: DisclosurePolicy,
    role_groups: Mapping[str, str],
) -> None:
    """Write every table of flags. `role_groups`: role group by staff category."""
    _pupils(con, reasons)
    con.execute(
        f"create or replace table {AT}.hidden_placement as select lea_id, fiscal_year, '{SMALL}' as reason from district_spending "
        f"where payment_to_other_amount > 0 and payment_to_other_amount < {policy.placement_amount_minimum}"
    )
    _pay(con, policy.minimum_persons, role_groups)
    _panel(con)


def _pupils(con: duckdb.DuckDBPyConnection, reasons: Mapping[Cell, str]) -> None:
    leas: dict[tuple, str] = {}
    schools = []
    for cell, reason in sorted(reasons.items(), key=str):
        if cell[0] == "school":
            schools.append((*cell[1:], reason))
        elif cell[0] in ("fall", "served"):
            # Of an LEA all counts go together; that one of them is small says more than that one hides another.
            leas[cell[1:]] = SMALL if SMALL in (reason, leas.get(cell[1:])) else reason
    con.execute(f"create or replace table {AT}.hidden_lea (fiscal_year integer, lea_id varchar, reason varchar)")
    con.execute(
        f"create or replace table {AT}.hidden_school (fiscal_year integer, lea_id varchar, school_id varchar, reason varchar)"
    )
    if leas:
        con.executemany(
            f"insert into {AT}.hidden_lea values (?, ?, ?)", [(*key, reason) for key, reason in sorted(leas.items())]
        )
    if schools:
        con.executemany(f"insert into {AT}.hidden_school values (?, ?, ?, ?)", schools)


def _pay(con: duckdb.DuckDBPyConnection, minimum: int, role_groups: Mapping[str, str]) -> None:
    con.execute(f"create or replace table {AT}.staff_role (assignment_category varchar, role_group varchar)")
    con.executemany(f"insert into {AT}.staff_role values (?, ?)", sorted(role_groups.items()))
    # A file of fall and one of year end may both be there: the fewer persons decide.
    counted = "select {keys}, min(persons) as persons from (select {keys}, reporting_period, count(distinct staff_id) as persons from staff where {where} group by all) group by all"
    staff = f"with staff as (select * from fct_staff_assignments left join {AT}.staff_role using (assignment_category))"
    for name, keys, where in (
        ("category", "fiscal_year, lea_id, school_id, role_group", "school_id is not null and role_group is not null"),
        ("school", "fiscal_year, lea_id, school_id", "school_id is not null"),
        ("lea", "fiscal_year, lea_id, role_group", "role_group is not null"),
    ):
        query = counted.format(keys=keys, where=where)
        con.execute(
            f"create or replace table {AT}.hidden_pay_{name} as {staff} select {keys}, '{SMALL}' as reason from ({query}) where persons < {minimum}"
        )
    # Averages cancel out over the schools of an LEA: one hidden adjustment would be the rest of the others.
    con.execute(
        f"insert into {AT}.hidden_pay_school select fiscal_year, lea_id, min(school_id), '{COMPLEMENT}' from school_spending "
        f"anti join {AT}.hidden_pay_school using (fiscal_year, lea_id, school_id) where salary_adjustment_amount is not null "
        f"and (fiscal_year, lea_id) in (select (fiscal_year, lea_id) from {AT}.hidden_pay_school group by fiscal_year, lea_id having count(*) = 1) "
        "group by fiscal_year, lea_id"
    )


def _panel(con: duckdb.DuckDBPyConnection) -> None:
    """Rows of the panel with a hidden LEA among their members."""
    for name in ("lea", "placement"):
        con.execute(
            f"create or replace table {AT}.hidden_members_{name} as select view, unit_id, panel.fiscal_year, min(hidden.reason) as reason "
            f"from lea_panel as panel join {AT}.hidden_{name} as hidden on panel.fiscal_year = hidden.fiscal_year "
            "and (panel.unit_id = hidden.lea_id or list_contains(list_transform(string_split(panel.member_lea_ids, ','), lambda one: trim(one)), hidden.lea_id)) "
            "group by all"
        )
