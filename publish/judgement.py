"""May a candidate become current? A list of blocking reasons; empty means yes.

Two kinds of reason: failures found by others (conservation, identities, contracts, or something that could not be
evaluated: law 6), handed in as facts, and comparisons with the current generation, made here. What is compared, and
which policy row bounds it, is data below.

- *Coverage* of a year is the share of its expected districts that reported. Falling is blocking only below
  `minimum_coverage_rate`.
- *State totals* are compared over the districts that both generations have, so that a season of arriving files is no
  alarm; a district that disappears is coverage's business. A move larger than `state_total_change_rate` blocks.

The pointer is moved in `pointers`; people override with `edfin publish-candidate`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from publish.facts import sql_path
from publish.generations import Candidate
from publish.manifests import Manifest
from publish.pointers import Switch, switch
from publish.policies import Policy
from publish.shelves import JUDGEMENT, Shelf, write_json

FAILURE_KINDS = ("conservation", "identity", "contract", "not_evaluated")
COVERAGE = (
    ("district_spending", "spending_status"),
    ("district_spending", "revenue_status"),
    ("district_spending", "membership_status"),
    ("district_staffing", "staffing_status"),
)
TOTALS = (
    ("district_spending", "total_expenditure_amount"),
    ("district_spending", "current_expenditure_amount"),
    ("district_spending", "total_revenue_amount"),
    ("district_spending", "fall_membership_count"),
)
REPORTED = "('reported', 'zero', 'estimated')"


@dataclass(frozen=True)
class Reason:
    kind: str
    subject: str
    message: str


@dataclass(frozen=True)
class Judgement:
    generation_id: str
    compared_with: str | None
    reasons: list[Reason]

    @property
    def is_sound(self) -> bool:
        return not self.reasons


def failure(kind: str, subject: str, message: str) -> Reason:
    """A fact found elsewhere that forbids publication, e.g. `failure("identity", "f33_totals", "TOTALEXP …")`."""
    if kind not in FAILURE_KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(FAILURE_KINDS)}")
    return Reason(kind, subject, message)


def judge(home: Path, candidate: Candidate, failures: Iterable[Reason] = ()) -> Judgement:
    """Collect every reason and leave it beside the candidate as `judgement.json`."""
    shelf = Shelf(home)
    current = shelf.current_id()
    reasons = list(failures)
    if current and current != candidate.generation_id:
        policy = Policy.pinned(home, candidate.manifest.reference_version)
        reasons += _compared(shelf.folder(current), candidate, policy)
    judgement = Judgement(candidate.generation_id, current, list(dict.fromkeys(reasons)))
    write_json(candidate.folder / JUDGEMENT, asdict(judgement))
    return judgement


def publish_if_sound(home: Path, judgement: Judgement, by: str, reason: str = "nightly load") -> Switch | None:
    """The night's last act: move `current`, or leave it where it was."""
    shelf = Shelf(home)
    if not judgement.is_sound or shelf.current_id() == judgement.generation_id:
        return None
    return switch(shelf, judgement.generation_id, "published", by, reason)


def _compared(previous: Path, candidate: Candidate, policy: Policy) -> Iterator[Reason]:
    gone = set(Manifest.read(previous).marts) - set(candidate.manifest.marts)
    yield from (
        Reason("contract", table, f"{table} is in the current generation and not in this one") for table in sorted(gone)
    )
    with duckdb.connect() as con:
        for table, column in COVERAGE:
            if _attach(con, table, column, previous, candidate.folder):
                yield from _coverage_reasons(con, table, column, policy)
        for table, column in TOTALS:
            if _attach(con, table, column, previous, candidate.folder):
                yield from _total_reasons(con, table, column, policy)


def _attach(con: duckdb.DuckDBPyConnection, table: str, column: str, previous: Path, candidate: Path) -> bool:
    """Make `old` and `new` (lea_id, fiscal_year, value); False if one generation does not have the column."""
    for name, folder in (("old", previous), ("new", candidate)):
        parquet = folder / "marts" / f"{table}.parquet"
        if not parquet.is_file():
            return False
        source = f"read_parquet('{sql_path(parquet)}')"
        if column not in [row[0] for row in con.execute(f"describe select * from {source}").fetchall()]:
            return False
        con.execute(f"create or replace view {name} as select lea_id, fiscal_year, {column} as value from {source}")
    return True


def _coverage_reasons(con: duckdb.DuckDBPyConnection, table: str, column: str, policy: Policy) -> Iterator[Reason]:
    rows = con.execute(
        f"""with counted_old as (
            select fiscal_year, count(*) filter (value in {REPORTED}) as reporting, count(*) as expected
            from old group by all
        ), counted_new as (
            select fiscal_year, count(*) filter (value in {REPORTED}) as reporting, count(*) as expected
            from new group by all
        )
        select o.fiscal_year, o.reporting, o.expected, coalesce(n.reporting, 0), coalesce(n.expected, 0)
        from counted_old as o left join counted_new as n using (fiscal_year) order by 1"""
    ).fetchall()
    for fiscal_year, old_reporting, old_expected, reporting, expected in rows:
        if reporting * old_expected >= old_reporting * expected and expected:
            continue
        minimum = policy.rate("minimum_coverage_rate", fiscal_year)
        if minimum is None:
            yield _no_policy(table, "minimum_coverage_rate", fiscal_year)
        elif not expected or Decimal(reporting) / expected < minimum:
            yield Reason(
                "coverage",
                f"{table}.{column}",
                f"{table} FY{fiscal_year}: {reporting} of {expected} districts have a {column} of reported, "
                f"before {old_reporting} of {old_expected}; below the minimum of {minimum}",
            )


def _total_reasons(con: duckdb.DuckDBPyConnection, table: str, column: str, policy: Policy) -> Iterator[Reason]:
    rows = con.execute(
        """select fiscal_year, sum(o.value), sum(n.value), count(*)
        from old as o join new as n using (lea_id, fiscal_year)
        where o.value is not null and n.value is not null
        group by fiscal_year having sum(o.value) <> sum(n.value) order by 1"""
    ).fetchall()
    for fiscal_year, before, after, lea_count in rows:
        allowed = policy.rate("state_total_change_rate", fiscal_year)
        if allowed is None:
            yield _no_policy(table, "state_total_change_rate", fiscal_year)
        elif abs(Decimal(after) - Decimal(before)) > allowed * abs(Decimal(before)):
            yield Reason(
                "state_total",
                f"{table}.{column}",
                f"FY{fiscal_year} {column} of the {lea_count} districts in both generations moved from {before:,} "
                f"to {after:,}, more than the allowed rate of {allowed}",
            )


def _no_policy(table: str, key: str, fiscal_year: int) -> Reason:
    return Reason("not_evaluated", key, f"{table} changed in FY{fiscal_year} and policy.csv has no {key} for that year")
