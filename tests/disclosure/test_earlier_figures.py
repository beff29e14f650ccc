"""A rate or an average that changed by few since an earlier release is not shown again.

Belongs here: that comparison. Does not belong here: figures that tell of few by themselves (`test_hidden_pay`).
"""

from decimal import Decimal
from types import SimpleNamespace

import duckdb
import pytest

from ingest.settings import project_folder
from publish.disclosure.earlier_figures import OUTCOME_KEYS, write_changed
from publish.disclosure.pay_tables import write_pay

POLICY = SimpleNamespace(minimum_pupils=10, minimum_persons=3)
SUBJECTS = {
    "one who came and reached it": ((20, 30), (21, 31), True),
    "nobody moved": ((20, 30), (20, 30), False),
    "one whose result was corrected": ((20, 30), (21, 30), True),
    "many came": ((20, 30), (45, 60), False),
    "many more reached it": ((20, 60), (40, 60), False),
}


def _productivity(con, table: str, results: dict) -> None:
    columns = ", ".join(f"{key} {'integer' if key == 'fiscal_year' else 'varchar'}" for key in OUTCOME_KEYS)
    con.execute(f"create table {table} ({columns}, outcome_value double, outcome_count decimal(12, 2))")
    for subject, (reached, count) in results.items():
        con.execute(
            f"insert into {table} values (2025, '1', 'proficiency', ?, null, null, 'all', ?, ?)",
            [subject, reached / count, count],
        )


@pytest.fixture
def told(tmp_path):
    (tmp_path / "marts").mkdir()
    with duckdb.connect() as con:
        _productivity(con, "before", {name: before for name, (before, _, _) in SUBJECTS.items()})
        con.execute(f"copy before to '{tmp_path}/marts/district_productivity.parquet'")
        con.execute(
            "copy (from (values ('1', 2025, 20.0, 60000.0), ('2', 2025, 20.0, 60000.0), ('3', 2025, 20.0, 60000.0), ('4', 2025, 20.0, null)) "
            f"as t (lea_id, fiscal_year, teacher_fte, average_teacher_salary_amount)) to '{tmp_path}/marts/district_staffing.parquet'"
        )
        con.execute("drop table before")
        _productivity(con, "district_productivity", {name: now for name, (_, now, _) in SUBJECTS.items()})
        con.execute(
            "create table district_staffing as from (values ('1', 2025, 21.0, 60500.0), ('2', 2025, 20.0, 60000.0), ('3', 2025, 30.0, 60500.0), "
            "('4', 2025, 21.0, 60500.0)) as t (lea_id, fiscal_year, teacher_fte, average_teacher_salary_amount)"
        )
        con.execute(
            "create table memory.main.hidden_pay_lea (fiscal_year integer, lea_id varchar, role_group varchar, reason varchar)"
        )
        write_changed(con, "memory.main", POLICY, [(tmp_path, tmp_path)])
        outcomes = {one for (one,) in con.execute("select subject from memory.main.changed_outcome").fetchall()}
        averages = {one for (one,) in con.execute("select lea_id from memory.main.hidden_pay_lea").fetchall()}
    return SimpleNamespace(outcomes=outcomes, averages=averages)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_rate_that_few_pupils_moved(told, subject):
    assert (subject in told.outcomes) is SUBJECTS[subject][2]


def test_an_average_that_few_posts_moved(told):
    assert told.averages == {"1"}


@pytest.fixture
def one_release(tmp_path):
    """What a release hid of pay (V11, the salaries of 2110) and showed (V17, the salaries of 2410), by public and restricted tables."""
    folders = tmp_path / "public", tmp_path / "restricted"
    for folder, is_public in zip(folders, (True, False), strict=True):
        (folder / "marts").mkdir(parents=True)
        few, item = ("null::decimal(18, 2)", "null::decimal(18, 2)") if is_public else ("400000.00", "400000.00")
        duckdb.execute(
            f"copy (select 2025 as fiscal_year, '1' as lea_id, unnest(['2110', '2410']) as function_code, '110' as object_code, 'local' as source_level, "
            f"'1' as fund_code, unnest([{few}, 900000.00])::decimal(18, 2) as amount) to '{folder}/marts/district_spending_detail.parquet'"
        )
        duckdb.execute(
            f"copy (select 2025 as fiscal_year, '1' as lea_id, unnest(['V11', 'V17']) as f33_item, unnest([{item}, 900000.00])::decimal(18, 2) as amount) "
            f"to '{folder}/marts/f33_detail.parquet'"
        )
    return folders


@pytest.mark.parametrize(("now", "is_kept"), [("400000.00", True), ("500000.00", False)])
def test_what_was_hidden_as_pay_stays_so_while_it_is_unchanged(one_release, now, is_kept):
    with duckdb.connect() as con:
        for table in ("district_spending_detail", "f33_detail"):
            con.execute(f"create table {table} as from '{one_release[1]}/marts/{table}.parquet'")
            con.execute(f"update {table} set amount = {now} where amount = 400000")
        policy = SimpleNamespace(pay_amount_minimum=Decimal(250_000))
        write_pay(con, "memory.main", policy, project_folder() / "dbt" / "seeds", [one_release])
        rows = {one for (one,) in con.execute("select function_code from memory.main.hidden_pay_row").fetchall()}
        items = {one for (one,) in con.execute("select f33_item from memory.main.hidden_pay_item").fetchall()}
    assert ("2110" in rows) is is_kept and ("V11" in items) is is_kept
