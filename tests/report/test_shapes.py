"""Values about people are shown by their shape, in whatever script they are written."""

import pytest

from expectations.findings import shape


@pytest.mark.parametrize(
    "value",
    [
        "512001234",
        "\uff15\uff11\uff12\uff10\uff10\uff11\uff12\uff13\uff14",
        "\u0661\u0662\u0663",
        "\u0967\u0968-Abc\u00e9\u5c71\u00b2",
    ],
)
def test_no_digit_and_no_letter_of_a_person_is_shown(value):
    assert set(shape(value)) <= set("9Aa-")
