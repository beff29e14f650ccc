"""Which part of a district's spending an amount in national codes belongs to.

Belongs here: the generator's own reading of the federal survey and of the ESSA definition.
Does not belong here: anything read from the warehouse's rules; this module exists to disagree with them if they are wrong.
"""

from __future__ import annotations

from functools import cache

SUPPORT = {"E17", "E07", "E08", "E09", "V40", "V45", "V90", "V85"}
OTHER_CURRENT = {"E11", "V60", "V65"}
CURRENT = {"E13"} | SUPPORT | OTHER_CURRENT
ESSA = CURRENT - {"V65"}
NON_ELEMENTARY_SECONDARY = {"V70", "V75", "V80"}
CAPITAL = {"F12", "G15", "K09", "K10"}
PAYMENT_TO_OTHER = {"Q11", "L12", "M12", "V91", "V92"}
UNMAPPED = "unmapped"
_SUPPORT_ITEM = {"21": "E17", "22": "E07", "23": "E08", "24": "E09", "25": "V90", "26": "V40", "27": "V45", "29": "V90"}
_PAID_TO = {
    "511": "Q11", "512": "Q11", "561": "Q11", "591": "Q11", "592": "Q11", "563": "V91", "564": "V92",
}  # fmt: skip
_CATEGORY = (
    (CAPITAL, "capital_outlay"),
    ({"I86", "principal", "debt_other"}, "debt_service"),
    (NON_ELEMENTARY_SECONDARY, "non_elementary_secondary"),
    (PAYMENT_TO_OTHER, "payment_to_other"),
    ({"V65"}, "other_noninstructional"),
    ({"non_expenditure"}, "non_expenditure"),
)


@cache
def item(function: str, object_: str, program: str, payee: str) -> str:
    """The federal item of an expenditure; principal, other debt cost and depreciation have none and keep a word.

    Capital comes first, then debt, payments to others, non-elementary-secondary programs, and current spending last.
    """
    if function == UNMAPPED:
        return UNMAPPED
    paid_to = _payment(object_, payee)
    if object_ == "790":
        return "non_expenditure"
    if object_ in ("450", "710", "720", "740"):
        return "F12" if object_ == "450" else "G15"
    if object_[0] == "7":
        return "K09" if function[0] == "1" else "K10"
    if function[0] == "4" and not paid_to:
        return "F12"
    if object_ in ("832", "835"):
        return "I86"
    if object_ == "831":
        return "principal"
    if object_ in ("833", "834", "830", "800"):
        return "debt_other"
    return paid_to or _by_program(function, program)


def _payment(object_: str, payee: str) -> str | None:
    if object_ in _PAID_TO:
        return _PAID_TO[object_]
    if object_ in ("562", "567"):
        return "V92" if payee == "charter" else "Q11"
    if object_ == "566":
        return "V91" if payee == "private" else "Q11"
    if object_ in ("565", "569"):
        return "L12" if payee == "state_government" else "M12"
    return None


def _by_program(function: str, program: str) -> str:
    if program == "600":
        return "V75"
    if program in ("500", "700"):
        return "V80"
    if function.startswith("33") or program == "800":
        return "V70"
    if function[0] == "1":
        return "E13"
    if function[0] == "2":
        return _SUPPORT_ITEM.get(function[:2], "V85")
    return {"31": "E11", "32": "V60"}.get(function[:2], "V65")


MIX = ("benefits", "aides", "teachers", "leaders", "student_support", "instructional_staff_support", "materials", "operations",
       "transportation", "food_service", "other_site")  # fmt: skip
_MIX_FUNCTION = {"21": "student_support", "22": "instructional_staff_support", "26": "operations", "27": "transportation",
                 "31": "food_service"}  # fmt: skip


def mix_category(function: str, object_: str) -> str:
    """What a school's amount buys: benefits first, then pay in instruction and administration, then the service."""
    if object_.startswith("2"):
        return "benefits"
    if object_.startswith("1") and function.startswith("1"):
        return "aides" if object_ == "112" else "teachers"
    if object_.startswith("1") and function.startswith("24"):
        return "leaders"
    if object_.startswith("6") and function.startswith("1"):
        return "materials"
    return _MIX_FUNCTION.get(function[:2], "other_site")


def revenue_level(source: str) -> str | None:
    """Federal, state or local by national source; sale of property counts as local, other financing as none."""
    if source == "5300":
        return "local"
    return {"1": "local", "2": "local", "3": "state", "4": "federal"}.get(source[0])


def excluded_category(item_: str, is_private: bool, location_type: str) -> str | None:
    """Why an amount stays out of the schools' spending; None if it is in scope.

    An amount that falls under several headings counts under the first: unmapped, its item, private, non-school.
    """
    if item_ == UNMAPPED:
        return UNMAPPED
    for items, category in _CATEGORY:
        if item_ in items:
            return category
    if is_private:
        return "private_funds"
    return "non_school" if location_type == "non_school" else None
