"""Pay of few persons in the categories of a school's spending.

Of a school's staff the file of staff says how many persons hold each role; where no such file is, an amount below the policy's
`pay_amount_minimum` is taken to be the pay of few. A category that is mostly pay of few is hidden, and as many others as it
takes that all together tell nobody's pay, for the categories add to the school's total.

Belongs here: the table of those categories. Does not belong here: an LEA's amounts by function (`pay`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from publish.disclosure.earlier_figures import amounts_before
from publish.disclosure.hiding import COMPLEMENT, SMALL
from publish.disclosure.policy import DisclosurePolicy

MIX, CENTRAL = "school_spending_mix", "central_share"
SCHEMA = pa.schema([("fiscal_year", pa.int32()), ("lea_id", pa.string()), ("school_id", pa.string()), ("category", pa.string()), ("reason", pa.string())])  # fmt: skip
# Whose pay a category is; of the others nobody counts the persons at a school.
ROLE_OF = {"teachers": "teacher", "aides": "aide", "leaders": "leader", "student_support": "student_support", "instructional_staff_support": "instructional_support"}  # fmt: skip
ALL_STAFF = "benefits"


def write_site_pay(
    con: duckdb.DuckDBPyConnection,
    at: str,
    policy: DisclosurePolicy,
    seeds: Path,
    role_groups: Mapping[str, str],
    earlier: Sequence[tuple[Path, Path]] = (),
) -> None:
    """Write the table `hidden_pay_category` in the schema `at`. `earlier`: of each release its public and restricted folder."""
    persons = _persons(con, role_groups)
    with_staff = {key[:2] for key in persons}
    past = _past(earlier)
    rows = []
    for key, categories in _schools(con, seeds).items():
        known = persons.get(key, {}) if key[:2] in with_staff else None
        amounts = {name: amount for name, (amount, _) in categories.items()}
        same = [(name, is_hidden) for name, amount, is_hidden in past.get(key, ()) if amounts.get(name) == amount]
        few = {name for name, (amount, pay) in categories.items() if is_of_few(name, amount, pay, known, policy)}
        hidden = few | {name for name, is_hidden in same if is_hidden}
        shown = {name for name, is_hidden in same if not is_hidden}
        other = complement_of(hidden, amounts, known, policy, shown) if few else []
        rows += [(*key, name, SMALL if name in few else COMPLEMENT) for name in sorted(hidden)]
        rows += [(*key, name, COMPLEMENT) for name in other]
    values = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    columns = [pa.array(column, one.type) for column, one in zip(values, SCHEMA, strict=True)]
    con.register("found", pa.Table.from_arrays(columns, schema=SCHEMA))
    con.execute(f"create or replace table {at}.hidden_pay_category as from found")
    con.unregister("found")


def _past(earlier: Sequence[tuple[Path, Path]]) -> dict[tuple, list[tuple[str, Decimal, bool]]]:
    """What earlier releases told of a school's categories: category, its amount then, and whether it was hidden."""
    found: dict[tuple, list] = defaultdict(list)
    for (*key, category), amount, is_hidden in amounts_before(
        earlier, MIX, ("fiscal_year", "lea_id", "school_id", "category")
    ):
        found[tuple(key)].append((category, amount, is_hidden))
    return found


def is_of_few(
    category: str, amount: Decimal, pay: Decimal, persons: Mapping[str, int] | None, policy: DisclosurePolicy
) -> bool:
    """Whether a category's amount tells the pay of fewer persons than the policy's minimum.

    `pay`: the salaries and benefits in it; `persons`: persons by role of the school, with `all`; None where no staff file is.
    """
    if pay <= 0 or amount <= 0 or pay < policy.dominance_rate * amount:
        return False
    if persons is not None and category in (*ROLE_OF, ALL_STAFF):
        count = persons.get("all" if category == ALL_STAFF else ROLE_OF[category], 0)
        if count:
            return count < policy.minimum_persons
    return pay < policy.pay_amount_minimum


def complement_of(
    hidden: Collection[str],
    amounts: Mapping[str, Decimal],
    persons: Mapping[str, int] | None,
    policy: DisclosurePolicy,
    shown: Collection[str] = frozenset(),
) -> list[str]:
    """What is hidden beside the categories of few: as many others as it takes that all together tell nobody's pay.

    Together they are the pay of `minimum_persons`, or reach `pay_amount_minimum` with other money among it, and none of those is nearly all. The share of central cost
    comes last; `shown` by earlier releases hides nothing.
    """
    more: list[str] = []
    if not hidden:
        return more
    left = {name: value for name, value in amounts.items() if name not in hidden and name not in shown and value > 0}
    while not _is_covered(hidden, more, amounts, persons, policy):
        if not left:
            return more
        usual = [name for name in left if name != CENTRAL] or [CENTRAL]
        enough = [name for name in usual if _is_covered(hidden, [*more, name], amounts, persons, policy)]
        chosen = (min if enough else max)(enough or usual, key=lambda name: (left[name], name))
        more.append(chosen)
        del left[chosen]
    return more


def _is_covered(
    few: Collection[str],
    more: Sequence[str],
    amounts: Mapping[str, Decimal],
    persons: Mapping[str, int] | None,
    policy: DisclosurePolicy,
) -> bool:
    names = [*few, *more]
    together = sum((amounts[name] for name in names), Decimal(0))
    counted = sum((persons or {}).get(ROLE_OF.get(name, ""), 0) for name in names)
    # Two who know their own pay are no cover for each other, whatever they are paid: other money must be among it, and not a little.
    other = sum((amounts[name] for name in names if name not in (*ROLE_OF, ALL_STAFF)), Decimal(0))
    is_mixed = other >= (1 - policy.dominance_rate) * together and together >= policy.pay_amount_minimum
    is_of_many = counted >= policy.minimum_persons or is_mixed
    return len(names) > 1 and is_of_many and max(amounts[name] for name in few) <= policy.dominance_rate * together


def _persons(con: duckdb.DuckDBPyConnection, role_groups: Mapping[str, str]) -> dict[tuple, dict[str, int]]:
    """Persons by role of each school. A file of fall and one of year end may both be there: the fewer decide."""
    found: dict[tuple, dict[str, int]] = defaultdict(dict)
    con.register("role", pa.table({"assignment_category": list(role_groups), "role_group": list(role_groups.values())}))
    staff = "from fct_staff_assignments left join role using (assignment_category) where school_id is not null"
    for what in ("role_group", "'all'"):
        for *key, role, count in con.execute(
            f"select fiscal_year, lea_id, school_id, role, min(persons) from (select fiscal_year, lea_id, school_id, {what} as role, reporting_period, "
            f"count(distinct staff_id) as persons {staff} group by all) where role is not null group by all"
        ).fetchall():
            found[tuple(key)][role] = count
    con.unregister("role")
    return found


def _schools(con: duckdb.DuckDBPyConnection, seeds: Path) -> dict[tuple, dict[str, tuple[Decimal, Decimal]]]:
    """Of each school the amount of every category, and the pay in it."""
    with (seeds / "spending_mix_rule.csv").open(encoding="utf-8", newline="") as stream:
        rules = sorted(csv.DictReader(stream), key=lambda row: int(row["rule_order"]))
    cases = " ".join(f"when {_matches(row)} then '{row['category']}'" for row in rules)
    pay: dict[tuple, Decimal] = {}
    for *key, amount in con.execute(
        f"select fiscal_year, lea_id, school_id, case {cases} end as category, sum(amount) from fct_ledger_mapped "
        "where is_chosen and amount_type = 'actual' and account_class = 'expenditure' and school_id is not null and object_code between '100' and '299~' group by all"
    ).fetchall():
        pay[tuple(key)] = amount
    found: dict[tuple, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for year, lea_id, school_id, category, amount in con.execute(
        "select fiscal_year, lea_id, school_id, category, amount from school_spending_mix where amount is not null order by all"
    ).fetchall():
        # Pay cannot be more of a category than all of it: the mix leaves out what the school's figures exclude.
        found[year, lea_id, school_id][category] = (
            amount,
            min(amount, pay.get((year, lea_id, school_id, category), Decimal(0))),
        )
    return found


def _matches(rule: Mapping[str, str]) -> str:
    spans = [
        (name, rule[name], rule[f"{name}_to"] or rule[name]) for name in ("function_code", "object_code") if rule[name]
    ]
    return " and ".join(f"{name} between '{low}' and '{high}'" for name, low, high in spans) or "true"
