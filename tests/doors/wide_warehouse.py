"""The small warehouse with what makes a door stumble: every type of column, text that breaks a COPY, tables that compare LEAs.

Belongs here: building it, publishing it on both shelves. Does not belong here: what a door must make of it.
"""

from pathlib import Path

import duckdb
from small_warehouse import run_info, write_build

from publish.generations import make_candidate, write_generation
from publish.pointers import publish_candidate, switch
from publish.shelves import Shelf

EARLIER, NOW = 9, 10
LEAS = [f"0{i}" for i in range(10)]

MORE = r"""
create table marts.fct_ledger_superseded as
    select * replace ('old' as submission_id, amount + 1 as amount) from marts.fct_ledger where submission_id = 's1';
create table marts.dim_submission_use as
    select distinct submission_id, lea_id, fiscal_year, 'ledger' as collection, reporting_period,
        timestamp '2026-01-02' as used_from_at, null::timestamp as used_until_at from marts.fct_ledger
    union all by name
    select distinct submission_id, lea_id, fiscal_year, 'ledger' as collection, reporting_period,
        timestamp '2026-01-01' as used_from_at, timestamp '2026-01-02' as used_until_at from marts.fct_ledger_superseded;
create table marts.district_staffing as
    select lea_id, fiscal_year, fiscal_year = 2025 as is_latest, date '2025-06-30' as ends_on, 9007199254740993 + i as BIG_COUNT,
        timestamp '2026-02-01 01:02:03.000456' as data_as_of, ['a', null, 'b,"c"', '{}', '\'] as reasons, []::integer[] as none_of_these,
        case i % 8 when 0 then '' when 1 then null when 2 then '\N' when 3 then e'tab\there' when 4 then e'line\nend\r\n'
            when 5 then 'quote " and, comma' when 6 then 'back\slash\\' else 'Ñandú 学区 '' $$' end as note,
        case i % 5 when 0 then 'nan'::double when 1 then 'inf'::double when 2 then null when 3 then 1e-300 else 0.1 + i end as ratio,
        (i * 0.0001)::decimal(12, 4) as adm, -9999999999999999.99::decimal(18, 2) as salary_amount
    from (select *, row_number() over (order by lea_id, fiscal_year) - 1 as i from marts.district_spending);
create table marts.peers as
    select a.lea_id, 2025 as fiscal_year, b.lea_id as peer_lea_id from marts.dim_lea as a join marts.dim_lea as b on a.lea_id <> b.lea_id;
create table marts.dim_fiscal_year as select y::integer as fiscal_year, y = 2025 as is_break from range(2020, 2026) as years (y);
create table marts.edit_effectiveness as select 'ledger_0' || i as edit_id, nullif(2025, 2025 + i)::integer as fiscal_year from range(3) as e (i);
comment on table marts.district_staffing is 'Every type of column; it''s a \ test.';
comment on column marts.district_staffing.note is 'Text that breaks things: '' " \ %s';
"""


def publish_both(home: Path) -> Path:
    """Two restricted generations, the later one current, and a smaller public one."""
    home.mkdir(parents=True)
    for position, extra in ((EARLIER, 1000), (NOW, 0)):
        run = run_info(position)
        build = write_build(home / "warehouse.duckdb", run, extra_2025=extra)
        with duckdb.connect(str(build)) as con:
            con.execute(MORE)
        publish_candidate(home, make_candidate(home, build, run).generation_id, "ana", "first")
    with duckdb.connect(str(build)) as con:
        for table in ("fct_ledger", "fct_ledger_superseded", "dim_submission_use", "fct_outcomes", "district_staffing"):
            con.execute(f"drop table marts.{table}")
        con.execute("update marts.district_spending set current_expenditure_amount = null where lea_id = '03'")
    shelf = Shelf(home, "public")
    shown = write_generation(shelf, build, run, is_of_past=True)
    switch(shelf, shown.generation_id, "released", "ana", "first")
    build.unlink()
    return home
