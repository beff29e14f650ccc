"""Stray quotes that make one field of whole records are seen, whatever stands between or above them.

Belongs here: `read_csv` on swallowed records. Does not belong here: other faults of structure (`test_structure`).
"""

import pytest

from ingest.reader_csv import read_csv

BODY = b'Day,Code,Place\n1,a,x\n2,b,"y\n3,"",z\n4,d,v"\n5,e,w\n'
ABOVE = b"Report of July, 2024, page 1, all\nmade by hand\n"


@pytest.mark.parametrize(
    ("data", "form"), [(BODY, {}), (ABOVE + BODY, {"preamble_rows": 2}), (b"July\n" + BODY, {"preamble_rows": 1})]
)
def test_a_quoted_field_that_holds_whole_records_is_refused(data, form):
    assert read_csv(data, form).refusal.fault.edit == "file_quotes"


def test_a_quoted_line_end_in_one_text_is_no_record():
    assert read_csv(ABOVE + b'Day,Code,Place\n1,a,"x\ny ""z"" "\n2,b,v\n', {"preamble_rows": 2}).refusal is None
