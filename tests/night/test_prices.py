"""Real dollars, by the SQL and the price table of a night, for fiscal years of three calendars; the published examples of deflation.

Belongs here: `int_prices_indexed` over the real monthly index, asked with other policies of the state.
Does not belong here: made-up months and pupils (unit tests beside the models).
"""

import csv
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from nights import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.soak]
# Means of twelve months of CPI-U (CUUR0000SA0, 1982-84 = 100), three decimals: July to June as in the NCES Digest, September to
# August (Texas, Nebraska, Washington), October to September (Alabama, District of Columbia).
MEANS = {
    "jul_jun": {2010: "216.735", 2011: "221.087", 2012: "227.565", 2016: "238.273", 2022: "282.025", 2025: "317.731"},
    "sep_aug": {2010: "217.163", 2011: "222.433", 2012: "228.149", 2016: "238.649", 2022: "285.848", 2025: "319.205"},
    "oct_sep": {2010: "217.369", 2011: "223.137", 2012: "228.526", 2016: "238.939", 2022: "287.723", 2025: "319.997"},
}
# Fiscal year, current dollars, constant dollars of 2016 to four places and as published (NCES Digest of Education Statistics, 236.65).
DIGEST = [
    (2010, 10636, "11692.9505", 11693),
    (2011, 10663, "11491.8788", 11492),
    (2012, 10648, "11149.0383", 11149),
]
EXAMPLES = PROJECT.parent / "shared" / "domain" / "worked_examples" / "v05_cpi_deflation.csv"


@pytest.fixture(scope="module")
def prices(first_night, tmp_path_factory):
    """Ask the built model: `prices(window, base year)` gives index and factor by fiscal year."""
    build = tmp_path_factory.mktemp("prices") / "warehouse.duckdb"
    shutil.copyfile(first_night.home.path / "build" / "warehouse.duckdb", build)
    with duckdb.connect(str(build)) as connection:

        def ask(window: str, base: int) -> dict[int, tuple[Decimal, float]]:
            for key, value in (("cpi_window", window), ("real_dollar_base_fiscal_year", str(base))):
                connection.execute("update reference.policy set value = ? where policy_key = ?", [value, key])
            rows = connection.execute("select fiscal_year, cpi_u, real_factor from intermediate.int_prices_indexed")
            return {year: (index, factor) for year, index, factor in rows.fetchall()}

        yield ask


@pytest.mark.parametrize("window", MEANS)
def test_the_index_is_the_mean_over_the_states_own_year(prices, window):
    found = prices(window, 2016)
    assert {year: str(found[year][0]) for year in MEANS[window]} == MEANS[window]


@pytest.mark.parametrize("window", MEANS)
def test_the_base_years_dollars_stay_what_they_are(prices, window):
    assert prices(window, 2022)[2022][1] == 1.0


def rounded(value: float, places: str) -> Decimal:
    return Decimal(value).quantize(Decimal(places), ROUND_HALF_UP)


@pytest.mark.parametrize(("fiscal_year", "current", "exact", "published"), DIGEST)
def test_the_digests_constant_dollars(prices, fiscal_year, current, exact, published):
    real = current * prices("jul_jun", 2016)[fiscal_year][1]
    assert rounded(real, "0.0001") == Decimal(exact)
    assert rounded(real, "1") == published


def test_the_examples_typed_here_are_those_of_the_handbook():
    if not Path(EXAMPLES).exists():
        pytest.skip("the domain handbook does not lie beside the project")
    with EXAMPLES.open() as stream:
        rows = [
            (int(r["fiscal_year"]), int(r["current_dollars"]), r["exp_constant_dollars_4dp"], int(r["exp_constant_dollars_published"]))
            for r in csv.DictReader(stream)
        ]  # fmt: skip
    assert rows == DIGEST
