"""School-level spending per pupil in the layout of ESSA reports, with what ties it to the ledger.

Columns after the site-based reporting of the Interstate Financial Reporting criteria: enrollment; site, central and total dollars per pupil,
federal and state/local. Beside the schools stands, LEA by LEA, the way from the whole ledger to what the schools have, to the cent.

Belongs here: rows, files. Does not belong here: how a figure comes about (`dbt/models`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from ingest.refusals import Refusal
from publish.survey_book import MONEY, put_sheet

COLUMNS = (
    "LEA ID", "LEA Name", "School ID", "School Name", "Enrollment", "Site Federal", "Site State/Local", "Site Subtotal", "Central Federal",
    "Central State/Local", "Central Subtotal", "Total Federal", "Total State/Local", "Total", "Total Dollars", "Status",
)  # fmt: skip
CENT = Decimal("0.01")
TIES = ("LEA ID", "LEA Name", "Line", "Dollars", "As published", "Unexplained")
# Sums first, divided once, rounded half up last: a subtotal may differ by a cent from the sum of its rounded parts.
_SCHOOLS = """
with spending as (
    select *, site_federal_amount + site_state_local_amount as site_amount, central_federal_amount + central_state_local_amount as central_amount,
        site_federal_amount + central_federal_amount as federal_amount, site_state_local_amount + central_state_local_amount as state_local_amount
    from school_spending where fiscal_year = $year
)
select spending.lea_id, lea.lea_name, spending.school_id, coalesce(school.school_name, ''), membership_count, {amounts}, total_amount,
    case when spending.spending_status <> 'reported' then spending.spending_status when membership_count is null then 'enrollment missing'
        when membership_count = 0 then 'no pupils' else central_status end
from spending
left join district_spending as lea on spending.lea_id = lea.lea_id and spending.fiscal_year = lea.fiscal_year
left join dim_school as school
    on spending.lea_id = school.lea_id and spending.school_id = school.school_id
    and $year between school.valid_from_fiscal_year and coalesce(school.valid_to_fiscal_year, 9999)
order by spending.lea_id, spending.school_id
"""
_AMOUNTS = (
    "site_federal",
    "site_state_local",
    "site",
    "central_federal",
    "central_state_local",
    "central",
    "federal",
    "state_local",
    "total",
)
_TIES = """
select lea_id, lea_name, line_name, amount, published_amount, unexplained_amount from spending_tie_out
where report = 'essa' and fiscal_year = $year order by lea_id, line_order
"""


@dataclass(frozen=True)
class Essa:
    """`schools`: rows of COLUMNS, dollars per pupil of enrollment; `ties`: rows of TIES, dollars."""

    fiscal_year: int
    schools: list[tuple[Any, ...]]
    ties: list[tuple[Any, ...]]


def read_essa(con: duckdb.DuckDBPyConnection, fiscal_year: int, lea_id: str | None = None) -> Essa:
    """The file of a year, of one LEA or all. `con`: a restricted generation, opened at its tables.

    Raises:
        Refusal: the generation has no such year, or the year no such LEA.
    """
    years = [row[0] for row in con.execute("select distinct fiscal_year from school_spending order by 1").fetchall()]
    if fiscal_year not in years:
        has = f"FY{years[0]} to FY{years[-1]}" if years else "no year at all"
        raise Refusal(f"The generation has no spending of schools in FY{fiscal_year}: it has {has}.")
    amounts = ", ".join(f"{name}_amount" for name in _AMOUNTS)
    found = con.execute(_SCHOOLS.format(amounts=amounts), {"year": fiscal_year}).fetchall()
    schools = [(*row[:5], *(_per_pupil(amount, row[4]) for amount in row[5:14]), *row[14:]) for row in found]
    ties = con.execute(_TIES, {"year": fiscal_year}).fetchall()
    if lea_id is not None:
        schools, ties = ([row for row in rows if row[0] == lea_id] for rows in (schools, ties))
        if not schools:
            raise Refusal(f"LEA {lea_id} has no spending of schools in FY{fiscal_year}.")
    return Essa(fiscal_year, schools, ties)


def _per_pupil(amount: Decimal | None, pupils: int | None) -> Decimal | None:
    return (amount / pupils).quantize(CENT, ROUND_HALF_UP) if amount is not None and pupils else None


def as_csv(essa: Essa) -> bytes:
    """The schools, one line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(essa.schools)
    return text.getvalue().encode()


def as_workbook(essa: Essa, generation_id: str) -> bytes:
    """Sheets Schools, Tie-out and Notes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    put_sheet(
        book, "Schools", COLUMNS, map(list, essa.schools), MONEY, "E2", [10, 30, 10, 34, 12] + [14] * 9 + [18, 18]
    )
    put_sheet(book, "Tie-out", TIES, map(list, essa.ties), MONEY, "A2", [10, 30, 70, 20, 20, 14])
    put_sheet(book, "Notes", ("Notes",), ([line] for line in notes(essa, generation_id)), MONEY, "A2", [120])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def notes(essa: Essa, generation_id: str) -> Iterator[str]:
    """What a reader of the file must know."""
    unexplained = sum((abs(row[5]) for row in essa.ties if row[5] is not None), Decimal(0))
    alone = sum((row[14] or Decimal(0) for row in essa.schools if not row[4]), Decimal(0))
    yield f"FY{essa.fiscal_year}, {len({row[0] for row in essa.schools})} LEAs, {len(essa.schools)} schools, from generation {generation_id}. Restricted: small numbers are not suppressed."
    yield "Dollars per pupil of enrollment (fall membership), actual salaries, rounded half up; Total Dollars is exact. An empty figure: no pupils, or not reported (Status)."
    yield f"Schools without pupils keep their dollars: {alone:,.2f} in all."
    yield f"Tie-out, the ledger less what is excluded is what schools have and what was not given out, to the cent; unexplained in all: {unexplained:,.2f}."
