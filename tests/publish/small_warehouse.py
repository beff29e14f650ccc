"""A build file small enough to read: what dbt would leave in schema `marts`, with amounts a test can steer."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from publish.runs import RunInfo


def run_info(position: int = 10, **changes) -> RunInfo:
    values = {
        "as_of": datetime(2026, 3, 1, 2, 0, 0, tzinfo=UTC),
        "cut": "accepted",
        "reference_version": "ref1",
        "code_version": "code1",
        "event_position": position,
    }
    return RunInfo(**{**values, **changes})


def write_build(path: Path, run: RunInfo, rows: int = 200, extra_2025: int = 0, order: str = "i") -> Path:
    """`rows` ledger lines over ten LEAs and two years; `extra_2025` dollars more on every line of 2025."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(
            f"""create table marts.fct_ledger as
            select 's' || (i % 20) as submission_id, (i // 20)::integer as row_number, '0' || (i % 10) as lea_id,
                (2024 + i % 2)::integer as fiscal_year, '1' || (i % 7) as function_code, '100' as fund_code,
                '5' || (i % 3) as object_code, 'expenditure' as account_class, 'actual' as amount_type, 'actual_audited' as reporting_period,
                (i * 1.37 + (i % 2) * {extra_2025})::decimal(18, 2) as amount, timestamp '2026-02-01' as data_as_of
            from range({rows}) as lines (i) order by {order}"""
        )
        con.execute("create table marts.fct_outcomes (lea_id varchar, fiscal_year integer, value decimal(12, 4))")
        con.execute(
            "create table marts.dim_lea as"
            " select '0' || i as lea_id, 'District ' || i as lea_name, null::varchar as nces_lea_id, null::varchar as region_name, 2020 as valid_from_fiscal_year, null::integer as valid_to_fiscal_year from range(10) as leas (i)"
        )
        con.execute(
            """create table marts.district_spending as
            select lea_id, 'District ' || lea_id as lea_name, fiscal_year,
                'actual_audited' as reporting_period, 'reported' as spending_status, 'reported' as revenue_status, 'reported' as membership_status,
                sum(amount)::decimal(18, 2) as total_expenditure_amount,
                sum(amount)::decimal(18, 2) as current_expenditure_amount,
                0::decimal(18, 2) as federal_revenue_amount, sum(amount)::decimal(18, 2) as state_revenue_amount,
                0::decimal(18, 2) as local_revenue_amount, sum(amount)::decimal(18, 2) as total_revenue_amount, 50 as fall_membership_count,
                sum(amount)::double / 50 as current_expenditure_per_pupil,
                sum(amount)::double / 50 as real_current_expenditure_per_pupil,
                max(data_as_of) as data_as_of
            from marts.fct_ledger group by all"""
        )
        con.execute(
            """create table marts.district_spending_detail as
            select lea_id, fiscal_year, function_code, 'state' as source_level, sum(amount)::decimal(18, 2) as amount
            from marts.fct_ledger group by all"""
        )
        con.execute(
            "create table marts.generation as select ? as generation_id, ?::timestamp as as_of, ? as cut",
            [run.generation_id, run.as_of, run.cut],
        )
        con.execute("comment on table marts.fct_ledger is 'One row a line.'")
        con.execute("comment on column marts.fct_ledger.amount is 'Dollars, the district''s own sign.'")
        con.execute("comment on column marts.district_spending.lea_id is 'The state''s id.'")
    return path


def make(home: Path, position: int = 10, **options):
    """A candidate in one line: its build beside it, its run told apart by the event position."""
    from publish.generations import make_candidate

    run = run_info(position)
    home.mkdir(parents=True, exist_ok=True)
    return make_candidate(home, write_build(home / "warehouse.duckdb", run, **options), run)
