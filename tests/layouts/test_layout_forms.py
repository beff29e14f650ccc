"""What a layout may say, each with the cells it is about: one export, one reading, nothing lost.

Belongs here: the layout language, told in small exports. Does not belong here: choosing a layout (`test_layout_headers`), edits (`tests/gate`).
"""

from decimal import Decimal

import pytest
from exports import COLUMNS, HEADER


def one(through, line: str, header: str = ",".join(HEADER), **more):
    """The row of an export of one record."""
    result = through(header, line, **more)
    assert not result.faults, result.faults
    (row,) = result.rows
    return row


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ({"from": "Fund", "pad": 3}, "7", "007"),
        ({"from": "Fund", "pad": 3}, "1234", "1234"),
        ({"from": "Fund", "pad": 3}, "7a", "7a"),
        ({"from": "Fund", "pad": 3}, "", None),
        ({"from": "Fund", "empty_as": "000"}, "", "000"),
        ({"from": "Fund", "pad": 3, "empty_as": "9"}, " ", "009"),
        ({"from": "Fund", "map": {"1": "010"}}, "1", "010"),
        ({"from": "Fund", "map": {"1": "010"}}, "2", "2"),
        ({"from": "Fund", "keep": 2}, "1234", "12"),
        ({"from": ["Fund", "Func"]}, "", "F"),
        ({"from": ["Fund", "Func"]}, "10", "10"),
        ({"value": "99"}, "10", "99"),
        ("Fund", "\u00a010\u00a0", "10"),
    ],
)  # fmt: skip
def test_a_columns_rule(through, rule, cell, expected):
    assert one(through, f"n,{cell},F,110,1.00", columns=COLUMNS | {"fund_code": rule})["fund_code"] == expected


@pytest.mark.parametrize(("object_code", "expected"), [("100", "expenditure"), ("699", "expenditure"), ("800", "revenue"), ("925", "asset"),
                                                       ("700", "unknown"), ("1100", "unknown"), ("99", "unknown")])  # fmt: skip
def test_a_lookup_compares_codes_of_equal_length(through, object_code, expected):
    assert one(through, f"n,10,F,{object_code},1.00")["account_class"] == expected


def test_a_column_for_some_classes_is_empty_for_others(through):
    columns = COLUMNS | {
        "object_code": {"from": "Obj", "for": ["expenditure"]},
        "source_code": {"from": "Obj", "for": ["revenue"]},
    }
    rows = through(",".join(HEADER), "n,10,F,110,1.00", "n,10,F,800,2.00", columns=columns).rows
    assert [(r["object_code"], r["source_code"]) for r in rows] == [("110", None), (None, "800")]


def test_a_date_in_its_declared_form_only(through):
    columns = COLUMNS | {"posting_date": {"from": "Name", "date": "%m/%d/%Y"}}
    assert one(through, "06/30/2024,10,F,110,1.00", columns=columns)["posting_date"] == "2024-06-30"
    assert one(through, "30.6.2024,10,F,110,1.00", columns=columns)["posting_date"] == "30.6.2024"


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        ({}, "1,234.50", "1,234.50"),
        ({"thousands": ","}, "1,234.50", "1234.50"),
        ({"thousands": ","}, "1,234,567.50", "1234567.50"),
        ({"thousands": ","}, "12,34.50", "12,34.50"),
        ({"thousands": ","}, "1,2345", "1,2345"),
        ({}, "$5.00", "$5.00"),
        ({"currency": "$"}, "$5.00", "5.00"),
        ({"currency": "$"}, "-$5.00", "-5.00"),
        ({"currency": "$"}, "$-5.00", "-5.00"),
        ({}, "(5.00)", "(5.00)"),
        ({"negative": "parentheses"}, "(5.00)", "-5.00"),
        ({"negative": "parentheses", "currency": "$", "thousands": ","}, "($1,005.00)", "-1005.00"),
        ({}, "5.00-", "5.00-"),
        ({"negative": "trailing_minus"}, "5.00-", "-5.00"),
        ({"negative": ["minus", "trailing_minus"]}, "-5.00", "-5.00"),
        ({"negative": "parentheses"}, "(-5.00)", "(-5.00)"),
        ({"thousands": ","}, ".50", "0.50"),
        ({"thousands": ","}, "abc", "abc"),
        ({"thousands": ","}, "1e5", "1e5"),
    ],
)
def test_numbers_take_the_forms_that_are_declared(through, form, cell, expected):
    result = through(",".join(HEADER), f'n,10,F,110,"{cell}"', number=form)
    assert [row["amount"] for row in result.rows] == [expected]


def test_debit_less_credit(through):
    header = ["Name", "Fund", "Func", "Obj", "Debit", "Credit"]
    amounts = [{"amount_type": "actual", "debit": "Debit", "credit": "Credit"}]
    lines = ["n,10,F,110,5.00,", "n,10,F,110,,2.00", "n,10,F,110,5.10,0.20", "n,10,F,110,,", "n,10,F,110,x,1.00"]
    rows = through(",".join(header), *lines, header=header, amounts=amounts).rows
    assert [r["amount"] for r in rows] == ["5.00", "-2.00", "4.90", None, "x"]


def test_where_a_debit_is_positive_credit_classes_turn(through):
    rows = through(
        ",".join(HEADER),
        "n,10,F,110,5.00",
        "n,10,F,800,-7.00",
        "n,10,F,800,3.00",
        "n,10,F,800,x",
        sign="debit_positive",
    ).rows
    assert [(r["account_class"], r["amount"]) for r in rows] == [
        ("expenditure", "5.00"),
        ("revenue", "7.00"),
        ("revenue", "-3.00"),
        ("revenue", "x"),
    ]


def test_one_record_becomes_a_row_for_each_amount(through):
    header = ["Name", "Fund", "Func", "Obj", "Budget", "Actual"]
    amounts = [
        {"amount_type": "budget", "from": "Budget", "skip_zero": True},
        {"amount_type": "actual", "from": "Actual"},
    ]
    result = through(
        ",".join(header),
        "n,10,F,110,9.00,4.00",
        "n,10,F,110,0.00,5.00",
        "n,10,F,110,,0.00",
        header=header,
        amounts=amounts,
    )
    assert [(r["row_number"], r["amount_type"], r["amount"]) for r in result.rows] == [
        (2, "budget", "9.00"), (2, "actual", "4.00"), (3, "actual", "5.00"), (4, "actual", "0.00"),
    ] or sorted((r["row_number"], r["amount_type"], r["amount"]) for r in result.rows) == [
        (2, "actual", "4.00"), (2, "budget", "9.00"), (3, "actual", "5.00"), (4, "actual", "0.00"),
    ]  # fmt: skip
    assert result.reading.record_count == 3 and result.reading.amount_sum == Decimal("18.00")


def test_left_out_records_are_counted_with_their_money(through):
    filters = [
        {"when": {"Name": ["B"]}, "reason": "budget_entry", "why": "no spending"},
        {"when": {"mapped": {"account_class": ["asset"]}}, "reason": "balance_sheet", "why": "no spending"},
        {"when": {"Func": {"empty": True}, "Obj": {"pattern": "1.."}}, "reason": "no_function", "why": "memo"},
        {"when": {"Fund": {"not": ["10", "20"]}}, "reason": "other_fund", "why": "not the district's"},
    ]
    lines = [
        "B,10,F,910,1.00",
        "A,10,F,910,2.00",
        "A,10,,110,4.00",
        "A,10,,800,8.00",
        "A,30,F,110,16.00",
        "A,20,F,110,32.00",
        "B,10,F,110,x",
    ]
    result = through(",".join(HEADER), *lines, exclude=filters)
    assert {reason: (e.record_count, e.amount) for reason, e in result.excluded.items()} == {
        "budget_entry": (2, Decimal("1.00")), "balance_sheet": (1, Decimal("2.00")),
        "no_function": (1, Decimal("4.00")), "other_fund": (1, Decimal("16.00")),
    }  # fmt: skip
    assert result.excluded["budget_entry"].unreadable == [(8, "x")]
    assert [r["row_number"] for r in result.rows] == [5, 7]
    assert result.reading.amount_sum == Decimal("40.00")
    assert (
        result.reading.record_count
        == len(lines)
        == len(result.rows) + sum(e.record_count for e in result.reading.excluded)
    )


REPORT = ["Report of the day", "", ",".join(HEADER), "n,10,F,110,1.00", "", "n,10,F,110,2.00", "Total,,,,3.00"]


def test_a_preamble_is_no_record_and_footer_lines_are_counted_as_left_out(through):
    form = {"preamble_rows": 2, "footer_pattern": "^(Total|printed)"}
    result = through(*REPORT, "", ",,,,", "printed by x", file=form)
    assert not result.faults
    assert [r["row_number"] for r in result.rows] == [4, 6]
    assert result.reading.record_count == 5 and result.excluded["blank_row"].record_count == 1
    assert (result.excluded["footer"].record_count, result.excluded["footer"].amount) == (2, Decimal("0.00"))


@pytest.mark.parametrize("below", ["n,10,F,110,4.00", "n,10", "signed by x"])
def test_a_record_below_the_footer_is_refused_without_its_text(through, below):
    result = through(*REPORT, below, file={"preamble_rows": 2, "footer_pattern": "^Total"})
    (fault,) = result.faults
    assert (fault.edit, fault.row_number, fault.value) == ("file_footer", 8, None)
    assert below not in fault.detail and result.reading.table is None


def test_the_parts_of_a_file_count_its_footer_once(through):
    lines = ["Alder City Schools,10,F,110,1.00", "Birch Area,10,F,110,2.00", "Total,,,,3.00"]
    parts = [through(",".join(HEADER), *lines, lea={"from": "Name"}, slot=(lea, 2024), only_lea=True,
                     file={"footer_pattern": "^Total"}).reading for lea in ("0101", "0102")]  # fmt: skip
    assert [part.record_count for part in parts] == [2, 1]


def test_a_header_fault_below_a_preamble_names_its_row(through):
    (fault,) = through("Report", "Name,Fund,Func,Obj", "n,10,F,110", file={"preamble_rows": 1}).faults
    assert (fault.edit, fault.row_number) == ("file_header", 2) and "missing Amount" in fault.detail


def test_counting_within_makes_repeated_keys_distinct(through):
    columns = COLUMNS | {"project_code": {"from": "Line"}}
    rows = through(",".join(HEADER), "n,10,F,110,1.00", "n,10,F,110,1.00", "n,20,F,110,1.00", columns=columns,
                   derive={"Line": {"count_within": ["Fund", "Func"]}}).rows  # fmt: skip
    assert [r["project_code"] for r in rows] == ["1", "2", "1"]


def test_a_record_may_become_several_rows(through):
    header = ["School", "Boys", "Girls"]
    columns = {"school_id": "School", "grade_code": {"value": "ALL"}}
    rows = [{"student_group": "gender_m", "fall_membership_count": {"from": "Boys"}, "skip_empty": "fall_membership_count"},
            {"student_group": "gender_f", "fall_membership_count": {"from": "Girls"}, "skip_empty": "fall_membership_count"}]  # fmt: skip
    result = through(
        ",".join(header), "001,4,5", "002,,6", header=header, columns=columns, rows=rows, collection="membership"
    )
    assert sorted((r["row_number"], r["student_group"], r["fall_membership_count"]) for r in result.rows) == [
        (2, "gender_f", "5"), (2, "gender_m", "4"), (3, "gender_f", "6"),
    ]  # fmt: skip
    assert result.reading.record_count == 2


def test_year_and_lea_come_from_the_file_where_it_prints_them(through):
    header = [*HEADER, "Year"]
    result = through(",".join(header), "ALDER  city schools,10,F,110,1.00,24", "Unknown Place,10,F,110,1.00,23", header=header,
                     lea={"from": "Name"}, fiscal_year={"from": "Year", "add": 2000})  # fmt: skip
    assert [(r["lea_id"], r["fiscal_year"]) for r in result.rows] == [("0101", "2024"), ("Unknown Place", "2023")]
    assert result.reading.lea_ids == ["0101", "Unknown Place"]
    plain = one(through, "n,10,F,110,1.00")
    assert (plain["lea_id"], plain["fiscal_year"]) == ("0101", "2024")


def test_a_part_of_a_file_of_several_leas_keeps_what_the_others_do_not(through):
    lines = [
        "Alder City Schools,10,F,110,1.00",
        "Birch Area,10,F,110,2.00",
        "Nowhere,10,F,110,4.00",
        ",10,F,110,8.00",
        "Birch Area,30,F,110,16.00",
    ]
    filters = [{"when": {"Fund": ["30"]}, "reason": "other_fund", "why": "not the district's"}]
    parts = {lea: through(",".join(HEADER), *lines, lea={"from": "Name"}, exclude=filters, slot=(lea, 2024), only_lea=True)
             for lea in ("0101", "0102", "Nowhere", "(none)")}  # fmt: skip
    assert parts["0101"].reading.lea_ids == sorted(parts)
    assert sum(part.reading.record_count for part in parts.values()) == len(lines)
    rows = sum(len(part.rows) for part in parts.values())
    assert rows + sum(e.record_count for part in parts.values() for e in part.reading.excluded) == len(lines)
    money = sum(part.reading.amount_sum + sum(e.amount for e in part.reading.excluded) for part in parts.values())
    assert money == Decimal("31.00")


SUMMARY = {
    "columns": {"fund_code": {"value": "1"}, "account_class": {"value": "expenditure"}},
    "amounts": [],
    "rows": [
        {"function_code": "10", "amount": {"from": "Func", "number": True}},
        {"function_code": "00", "amount": {"sum": ["Obj"], "less": ["Func"], "number": True}},
    ],
    "checks": [
        {"sum": ["Fund", "Func"], "equals": "Obj", "why": "Two cuts.", "last_fiscal_year": 2024},
        {"sum": ["Func"], "equals": "Obj", "why": "Another year's.", "first_fiscal_year": 2025},
    ],
    "number": {"thousands": ",", "currency": "$", "negative": "minus"},
}


def test_what_a_summary_does_not_print_is_a_row_of_its_own(through):
    result = through(",".join(HEADER), 'n,"$4,000",$10,"$4,010",-', **SUMMARY)
    assert [(r["function_code"], r["amount"]) for r in result.rows] == [("10", "10"), ("00", "4000")]
    assert not result.faults


def test_another_cut_of_the_same_money_must_add_to_the_same(through):
    lines = (",".join(HEADER), "n,$1,$10,$11,-", 'n,$1,$10,"$1,011",-')
    (fault,) = through(*lines, **SUMMARY).faults
    assert (fault.edit, fault.row_number) == ("file_sums", 3)
    assert fault.detail == "Obj is 1,011, and Fund + Func add to 11: off by -1,000."


def test_a_part_that_is_no_number_stands_for_the_sum_and_is_judged(through):
    rows = through(",".join(HEADER), "n,x,$10,??,-", **SUMMARY).rows
    assert [r["amount"] for r in rows] == ["10", "??"]


def test_records_of_other_years_are_left_aside_and_counted(through):
    more = {"fiscal_year": {"from": "Name", "other_years": "left_aside"}}
    result = through(",".join(HEADER), "2024,1,2,110,1.00", "2023,1,2,110,5.00", "2024,1,2,110,2.00", **more)
    assert [r["amount"] for r in result.rows] == ["1.00", "2.00"]
    assert (result.excluded["other_fiscal_year"].record_count, result.reading.record_count) == (1, 3)


def test_other_columns_are_ignored_where_the_layout_says_so(through):
    header, line = ",".join([*HEADER, "Extra", "Extra"]), "n,10,F,110,1.00,a,b"
    assert through(header, line).faults
    assert one(through, line, header, other_columns="ignored")["amount"] == "1.00"
