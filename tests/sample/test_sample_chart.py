"""The generator's meanings and the state's crosswalk were typed apart; here they are held against each other."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from sample_read_back import table

from sample import chart


def crosswalk(dimension: str, code: str, function_code: str, fiscal_year: int) -> dict[str, Decimal]:
    """National codes and weights of a state code, as `xwalk_account.csv` says."""
    valid = [
        r
        for r in table("xwalk_account")
        if r["dimension"] == dimension
        and (r["code"] == code or (r["code_to"] and len(code) == len(r["code"]) and r["code"] <= code <= r["code_to"]))
        and int(r["first_fiscal_year"] or 0) <= fiscal_year <= int(r["last_fiscal_year"] or 9999)
    ]
    special = [
        r for r in valid if r["when_code"] and r["when_code"] <= function_code <= (r["when_code_to"] or r["when_code"])
    ]
    return {r["nces_code"]: Decimal(r["weight"]) for r in special or [r for r in valid if not r["when_dimension"]]}


def as_weights(meaning: chart.Meaning) -> dict[str, Decimal]:
    return {code: Decimal(part) / 100 for code, part in meaning}


def in_chart(dimension: str, code: str, fiscal_year: int) -> bool:
    """Whether the state's list of codes has a code in a year."""
    return any(
        r["dimension"] == dimension
        and r["code"] == code
        and int(r["first_fiscal_year"] or 0) <= fiscal_year <= int(r["last_fiscal_year"] or 9999)
        for r in table("account_codes")
    )


@pytest.mark.parametrize("fiscal_year", [2006, 2014, 2015, 2023, 2024, 2025])
def test_codes_of_one_edition_of_the_chart_are_valid_in_the_same_years(fiscal_year: int) -> None:
    for code in chart.EDITIONS:
        dimension = "object" if len(code) == 4 else "source" if len(code) == 5 else "function"
        assert in_chart(dimension, code, fiscal_year) == chart.is_valid(code, fiscal_year), code
        assert bool(crosswalk(dimension, code, "", fiscal_year)) == chart.is_valid(code, fiscal_year), code


@pytest.mark.parametrize("fiscal_year", [2006, 2015, 2021, 2023, 2024, 2025])
def test_functions_objects_and_sources_mean_the_same(fiscal_year: int) -> None:
    def valid(codes: Iterable[str]) -> list[str]:
        return [code for code in codes if code != "999" and chart.is_valid(code, fiscal_year)]

    for code in valid([*chart._FUNCTIONS, "160"]):
        assert crosswalk("function", code, "", fiscal_year) == as_weights(chart.function_meaning(code, fiscal_year)), (
            code
        )
    software = "6500" if fiscal_year <= 2023 else "6510"
    for function_code in ("110", "620", "810", "910", "920"):
        for code in valid([*chart._OBJECTS, software]):
            expected = as_weights(chart.object_meaning(code, function_code, fiscal_year))
            assert crosswalk("object", code, function_code, fiscal_year) == expected, (code, function_code)
    for code in valid(chart.SOURCES):
        assert crosswalk("source", code, "", fiscal_year) == as_weights(chart.SOURCES[code]), code


def test_funds_programs_and_projects_mean_the_same() -> None:
    for code, national in chart.FUNDS.items():
        assert crosswalk("fund", code, "", 2024) == {national: 1}
    for code, national in chart.PROGRAMS.items():
        assert crosswalk("program", code, "", 2024) == {national: 1}
    assert {r["code"]: r["source_level"] for r in table("funds")} == chart.FUND_LEVELS
    assert {r["code"]: r["source_level"] for r in table("projects") if r["source_level"]} == chart.PROJECT_LEVELS
    assert {r["code"] for r in table("projects") if r["replaces_local_tax"] == "Y"} == chart.REPLACES_LOCAL_TAX


def test_weights_of_every_code_add_up_to_one() -> None:
    for fiscal_year in (2021, 2023, 2024, 2025):
        sums: dict[tuple[str, ...], Decimal] = {}
        for r in table("xwalk_account"):
            if int(r["first_fiscal_year"] or 0) <= fiscal_year <= int(r["last_fiscal_year"] or 9999):
                key = (r["dimension"], r["code"], r["code_to"], r["when_dimension"], r["when_code"])
                sums[key] = sums.get(key, Decimal(0)) + Decimal(r["weight"])
        assert set(sums.values()) == {Decimal(1)}


def test_cents_are_conserved_and_a_refund_mirrors_its_payment() -> None:
    meanings = [chart.function_meaning("520", 2024), chart.object_meaning("2900", "520", 2024)]
    for cents in (1, 2, 5, 999, 1001, 123_457):
        split, back = chart.parts(cents, meanings), chart.parts(-cents, meanings)
        assert sum(share for _, share in split) == cents
        assert [-share for _, share in back] == [share for _, share in split]
