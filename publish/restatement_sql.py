"""What changed between two generations, as one query over their Parquet: figures, ranks, reasons, causing submissions.

The table `restatements` and `edfin diff` both ask it. Which figures count, from which change on, and which collections
they are made of are rows of the pinned `restatement_measure.csv`. Ratios are compared to eight decimals, so that the last
bits of a parallel sum are no restatement.

Belongs here: the query. Does not belong here: which generations are compared (`restatements`), printing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.content_hash import quoted
from publish.facts import sql_path
from publish.manifests import Manifest
from publish.shelves import Shelf

VALUE = "decimal(28,8)"
MEASURES = "restatement_measure"
# What an LEA is; its name, locale and region may change without a change of its boundary.
BOUNDARY = "lea_id, lea_type_code, is_charter, lineage_id, valid_from_fiscal_year, valid_to_fiscal_year"

CHANGED = """
measures as (
    select mart, measure, unit, cast(materiality as decimal(18,8)) as materiality, sources, cast(years_after as integer) as years_after
    from {measures}
),
previous_ranked as (
    select *, cast(rank() over (partition by mart, measure, fiscal_year order by value desc) as integer) as value_rank
    from ({previous_values})
),
current_ranked as (
    select *, cast(rank() over (partition by mart, measure, fiscal_year order by value desc) as integer) as value_rank
    from ({current_values})
),
changed as (
    select
        old.lea_id, old.fiscal_year, coalesce(new.reporting_period, old.reporting_period) as reporting_period,
        mart, measure, measures.unit, measures.sources, measures.years_after,
        old.value as previous_value, new.value as current_value, cast(new.value - old.value as {value}) as difference_value,
        old.value_rank as previous_rank, new.value_rank as current_rank
    from previous_ranked as old
    inner join measures using (mart, measure)
    left join current_ranked as new using (mart, measure, lea_id, fiscal_year)
    where new.value is null or abs(new.value - old.value) >= measures.materiality
)"""

CAUSED = """
preferences as (
    select collection, reporting_period, min(cast(preference as integer)) as preference
    from {preferences} where amount_type is null or amount_type in ('', 'actual') group by all
),
previous_chosen as ({previous_chosen}),
current_chosen as ({current_chosen}),
moved as (
    select *, true as is_previous from previous_chosen
    where submission_id not in (select submission_id from current_chosen)
    union all
    select *, false from current_chosen where submission_id not in (select submission_id from previous_chosen)
),
caused as (
    select
        changed.lea_id, changed.fiscal_year, changed.measure,
        string_agg(distinct moved.submission_id, '|' order by moved.submission_id)
            filter (where moved.is_previous) as previous_submission_ids,
        string_agg(distinct moved.submission_id, '|' order by moved.submission_id)
            filter (where not moved.is_previous) as current_submission_ids
    from changed
    cross join unnest(string_split(changed.sources, '|')) as parts (part)
    inner join moved
        on moved.collection = split_part(part, '/', 1)
        and split_part(part, '/', 2) in ('', moved.reporting_period)
        and moved.lea_id = changed.lea_id
        and moved.fiscal_year between changed.fiscal_year and changed.fiscal_year + changed.years_after
    group by all
),
moved_boundaries as ({moved_boundaries})"""

FINAL = """
select
    changed.* exclude (sources, years_after),
    cast(changed.difference_value as double) / nullif(abs(cast(changed.previous_value as double)), 0) as change_rate,
    case
        when caused.lea_id is not null then 'data'
        when changed.lea_id in (select lea_id from moved_boundaries) then 'boundary'
        when {is_other_reference} then 'reference'
        when {is_other_code} then 'code'
        else 'data'
    end as reason_code,
    caused.previous_submission_ids, caused.current_submission_ids,
    {identities}
from changed
left join caused using (lea_id, fiscal_year, measure)"""

CHOSEN = """
    select submission_id, collection, lea_id, fiscal_year, reporting_period
    from {submissions} left join preferences using (collection, reporting_period)
    where is_selected and (preference is not null or collection not in (select collection from preferences))
    qualify preference is null
        or row_number() over (partition by collection, lea_id, fiscal_year order by preference nulls last) = 1"""


@dataclass(frozen=True)
class Side:
    """One of the two generations: where its files lie, and what it is."""

    folder: Path
    manifest: Manifest

    @classmethod
    def stored(cls, shelf: Shelf, generation_id: str) -> "Side":
        folder = shelf.folder(generation_id)
        return cls(folder, Manifest.read(folder))

    def table(self, name: str) -> str:
        return f"read_parquet('{sql_path(self.folder / 'marts' / f'{name}.parquet')}')"

    def has(self, name: str) -> bool:
        return (self.folder / "marts" / f"{name}.parquet").is_file()


def changed_sql(con: duckdb.DuckDBPyConnection, home: Path, previous: Side, current: Side) -> str | None:
    """The query whose columns are those of `restatements`; None where the two cannot be compared."""
    figures = _figures(con, home, previous, current)
    if not figures:
        return None
    parts = [figures, *_causes(home, previous, current)]
    is_other = [str(a != b).lower() for a, b in _versions(previous.manifest, current.manifest)]
    final = FINAL.format(
        is_other_reference=is_other[0], is_other_code=is_other[1], identities=_identities(previous, current)
    )
    return f"with{','.join(parts)}{final}"


def first_figures_sql(con: duckdb.DuckDBPyConnection, home: Path, previous: Side, current: Side) -> str | None:
    """The query of figures that only the later generation has: they restate nothing. Columns: measure, lea_id, fiscal_year."""
    figures = _figures(con, home, previous, current)
    if not figures:
        return None
    return f"with{figures} select measure, lea_id, fiscal_year from current_ranked anti join previous_ranked using (mart, measure, lea_id, fiscal_year)"


def listed_measures(con: duckdb.DuckDBPyConnection, home: Path, side: Side) -> list[tuple[str, str]]:
    """Table and column of every figure that counts as restated, by the reference of `side`."""
    return con.execute(f"select mart, measure from {_csv(_seed(home, side, MEASURES))} order by all").fetchall()


def _figures(con: duckdb.DuckDBPyConnection, home: Path, previous: Side, current: Side) -> str | None:
    measures = _seed(home, current, MEASURES)
    if not all(side.has(name) for side in (previous, current) for name in ("dim_submission", "dim_lea")):
        return None
    if not measures.is_file():
        return None
    listed = listed_measures(con, home, current)
    values = {}
    for name, side in (("previous_values", previous), ("current_values", current)):
        parts = [
            _values(con, side, mart, [m for of, m in listed if of == mart]) for mart in sorted({m for m, _ in listed})
        ]
        values[name] = " union all ".join(filter(None, parts))
    return CHANGED.format(measures=_csv(measures), value=VALUE, **values) if all(values.values()) else None


def _values(con: duckdb.DuckDBPyConnection, side: Side, mart: str, measures: Iterable[str]) -> str | None:
    """One row an LEA, year and measure with a value; a measure the table does not have is left out."""
    if not side.has(mart):
        return None
    there = {row[0] for row in con.execute(f"describe select * from {side.table(mart)}").fetchall()}
    found = [quoted(name) for name in measures if name in there]
    period = "reporting_period" if "reporting_period" in there else "cast(null as varchar) as reporting_period"
    cast = ", ".join(f"cast({name} as {VALUE}) as {name}" for name in found)
    return (
        f"select '{mart}' as mart, * from (unpivot (select lea_id, fiscal_year, {period}, {cast} from {side.table(mart)})"
        f" on {', '.join(found)} into name measure value value)"
        if found
        else None
    )


def _causes(home: Path, previous: Side, current: Side) -> list[str]:
    chosen = [CHOSEN.format(submissions=side.table("dim_submission")) for side in (previous, current)]
    return [
        CAUSED.format(
            preferences=_csv(_seed(home, current, "slot_preference")),
            previous_chosen=chosen[0],
            current_chosen=chosen[1],
            moved_boundaries=_moved_boundaries(home, previous, current),
        )
    ]


def _moved_boundaries(home: Path, previous: Side, current: Side) -> str:
    """LEAs whose entry in the directory or whose events are not the same in both."""
    leas = [f"select {BOUNDARY} from {side.table('dim_lea')}" for side in (previous, current)]
    tables = [f"select lea_id from (({a}) except ({b}))" for a, b in (leas, leas[::-1])]
    seeds = [_seed(home, side, "lea_events") for side in (previous, current)]
    if all(path.is_file() for path in seeds):
        events = [f"select * exclude (source) from {_csv(path)}" for path in seeds]
        for a, b in (events, events[::-1]):
            tables.append(f"select unnest([from_lea_id, to_lea_id]) as lea_id from (({a}) except ({b}))")
    return " union ".join(tables)


def _versions(previous: Manifest, current: Manifest) -> list[tuple[str, str]]:
    return [
        (previous.reference_version, current.reference_version),
        (previous.code_version, current.code_version),
    ]


def _identities(previous: Side, current: Side) -> str:
    columns = []
    for name, manifest in (("previous", previous.manifest), ("current", current.manifest)):
        columns += [
            f"'{manifest.generation_id}' as {name}_generation_id",
            f"timestamp '{manifest.as_of.rstrip('Z')}' as {name}_as_of",
            f"'{manifest.reference_version}' as {name}_reference_version",
            f"'{manifest.code_version}' as {name}_code_version",
        ]
    return ", ".join(columns)


def _seed(home: Path, side: Side, name: str) -> Path:
    return Path(home).absolute() / "reference" / side.manifest.reference_version / "seeds" / f"{name}.csv"


def _csv(path: Path) -> str:
    return f"read_csv('{sql_path(path)}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
