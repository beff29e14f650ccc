"""Which layout a file has, and what is said where it has none.

Belongs here: headers and names of layouts. Does not belong here: what a layout does to records (`test_layout_forms`).
"""

import pytest
from exports import COLUMNS, HEADER

from ingest.layouts import LayoutError


def test_an_unknown_header_names_the_nearest_layout(through):
    (fault,) = through("Name,Fund,Func,Obj,Sum", "n,10,F,110,1.00", named=False).faults
    assert fault.edit == "file_header"
    assert (
        "Nearest is layout one" in fault.detail and "missing Amount" in fault.detail and "unknown Sum" in fault.detail
    )


def test_a_layout_is_found_by_its_header_in_any_order(through):
    result = through("Amount,name,FUND,Func,Obj", "1.00,n,10,F,110", named=False)
    assert not result.faults and result.reading.layout == "one"


def test_a_header_of_several_layouts_asks_for_the_name(through):
    through(",".join(HEADER), "n,10,F,110,1.00", name="two")
    result = through(",".join(HEADER), "n,10,F,110,1.00", named=False)
    (fault,) = result.faults
    assert fault.edit == "file_layout" and "one, two" in fault.detail and "--layout" in fault.detail
    assert not through(",".join(HEADER), "n,10,F,110,1.00").faults


def test_a_layout_holds_in_its_years_only(through):
    (fault,) = through(",".join(HEADER), "n,10,F,110,1.00", last_fiscal_year=2023).faults
    assert fault.edit == "file_layout" and "2024" in fault.detail
    assert through(",".join(HEADER), "n,10,F,110,1.00", last_fiscal_year=2023, named=False).faults


def test_a_layout_that_uses_what_its_header_lacks_is_refused(through):
    with pytest.raises(LayoutError, match="uses columns its header does not list: nowhere"):
        through(",".join(HEADER), "n,10,F,110,1.00", columns=COLUMNS | {"project_code": "Nowhere"})
