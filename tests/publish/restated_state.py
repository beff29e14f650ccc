"""A state of three LEAs whose published figures a test changes one at a time: the small warehouse, its submissions, its reference.

Belongs here: making generations to compare. Does not belong here: what the comparison must say.
"""

import shutil
from pathlib import Path

import duckdb
import yaml
from small_warehouse import run_info, write_build

from publish.generations import Candidate, make_candidate

PROJECT = Path(__file__).parents[2]
POLICY = """policy_key,value,first_fiscal_year,last_fiscal_year,source
keep_all_days,2,,,test
keep_weekly_days,14,,,test
keep_monthly_days,60,,,test
keep_restated_days,5,,,test
keep_unpublished_days,3,,,test
"""
EVENTS = "event_id,event_type,effective_fiscal_year,from_lea_id,to_lea_id,weight,weight_basis,is_estimated,source\n"


def pin(home: Path, version: str, events: str = "") -> None:
    """The tables of a reference version that a comparison reads."""
    seeds = home / "reference" / version / "seeds"
    seeds.mkdir(parents=True)
    for name in ("restatement_measure.csv", "slot_preference.csv"):
        shutil.copy(PROJECT / "dbt" / "seeds" / name, seeds)
    (seeds / "policy.csv").write_text(POLICY)
    (seeds / "lea_events.csv").write_text(EVENTS + events)


def generation(home: Path, position: int, spent: dict[str, int | None], sent: dict[str, str], is_of_past=False, **run) -> Candidate:  # fmt: skip
    """A candidate: dollars of 2025 by LEA, None where nothing was reported, and the submission that says so."""
    info = run_info(position, **run)
    build = write_build(home / "warehouse.duckdb", info, rows=0)
    columns = yaml.safe_load((PROJECT / "dbt/models/marts/restatements.yml").read_text())["models"][0]["columns"]
    with duckdb.connect(str(build)) as con:
        con.execute("drop table marts.district_spending")
        con.execute(
            "create table marts.district_spending (lea_id varchar, fiscal_year integer, reporting_period varchar, total_expenditure_amount decimal(18,2))"
        )
        con.execute("create table marts.dim_submission (submission_id varchar, collection varchar, lea_id varchar, fiscal_year integer, reporting_period varchar, is_selected boolean)")  # fmt: skip
        con.execute("create or replace table marts.dim_lea as select '1' as lea_id, '1' as lea_type_code, false as is_charter, 'L1' as lineage_id, 2000 as valid_from_fiscal_year, null::integer as valid_to_fiscal_year")  # fmt: skip
        for lea_id, amount in spent.items():
            con.execute("insert into marts.district_spending values (?, 2025, 'interim', ?)", [lea_id, amount])
        for lea_id, submission in sent.items():
            con.execute("insert into marts.dim_submission values (?, 'ledger', ?, 2025, 'interim', true)", [submission, lea_id])  # fmt: skip
        layout = ", ".join(f"{column['name']} {column['data_type']}" for column in columns)
        con.execute(f"create table marts.restatements ({layout})")
    return make_candidate(home, build, info, is_of_past=is_of_past)
