"""What is planted in files of staff, membership, sections and outcomes.

Belongs here: the mistakes of files about people. Does not belong here: those of ledgers (`plants`), in whose files they are (`planted.yaml`).
"""

from decimal import Decimal

from plants_ledger import actual, money
from state import YEAR, pupils


def without_school(rows, state, lea_id, _):
    """The smallest school is missing from the membership file."""
    sizes = pupils(rows)
    school = min((one for one in sizes if sizes[one] > 0), key=sizes.get)
    rows[:] = [row for row in rows if row["School ID"] != school]


def school_doubles(rows, state, lea_id, _):
    """Every count of a school of more than 100 pupils is twice as large."""
    sizes = pupils(rows)
    school = min((one for one in sizes if sizes[one] > 100), key=sizes.get)
    for row in rows:
        if row["School ID"] == school and row["Fall Membership Count"]:
            row["Fall Membership Count"] = str(int(row["Fall Membership Count"]) * 2)


def _by_grade(rows) -> list[tuple[int, str, str]]:
    counts = {}
    for row in rows:
        if row["School ID"] and row["Student Group"] == "all":
            key = row["School ID"], row["Grade Code"]
            counts[key] = counts.get(key, 0) + int(row["Fall Membership Count"] or 0)
    return sorted((count, *key) for key, count in counts.items() if count)


def smallest_grade_missing(rows, state, lea_id, _):
    """The smallest grade is missing: less than a fifth of its school."""
    count, school, grade = _by_grade(rows)[0]
    assert 5 * count < pupils(rows)[school]
    rows[:] = [row for row in rows if (row["School ID"], row["Grade Code"]) != (school, grade)]


def fewer_pupils(rows, state, lea_id, percent):
    """Grades are missing until the district has so many pupils less than last year."""
    left = sum(pupils(state.rows(lea_id, "membership", YEAR - 1)).values()) * (100 - int(percent)) // 100
    grades = _by_grade(rows)
    while sum(count for count, _, _ in grades) > left:
        _, *gone = grades.pop(0)
        rows[:] = [row for row in rows if [row["School ID"], row["Grade Code"]] != gone]


def one_teacher(rows, state, lea_id, _):
    """The teachers of a school are posted to another, but for one."""
    schools = sorted({row["School ID"] for row in rows} - {""})
    teachers = [row for row in rows if row["School ID"] == schools[0] and row["Assignment Category"].endswith("TCH")]
    for row in teachers[1:]:
        row["School ID"] = schools[1]


def unknown_teachers(rows, state, lea_id, rate):
    """So many sections name a teacher nobody employs."""
    for row in rows[: int(Decimal(rate) * len(rows))]:
        row["Staff ID"] = "S9999999"


def great_section(rows, state, lea_id, pupils):
    """One section has more pupils than its school."""
    rows[0]["Student Count"] = str(pupils)


def tested(rows, state, lea_id, times):
    """More pupils are tested than there are."""
    for row in rows:
        if row["Denominator"]:
            row["Denominator"] = str(int(Decimal(times) * Decimal(row["Denominator"])))
            row["Numerator"] = str(int(Decimal(times) * Decimal(row["Numerator"]))) if row["Numerator"] else ""


def _pay(rows, total) -> None:
    """These rows earn a total, none a million."""
    for row in rows:
        row["Salary Amount"] = f"{Decimal(total) / len(rows):.2f}"
        assert Decimal(row["Salary Amount"]) < 1_000_000


def pay_multiplied(rows, state, lea_id, times):
    """The staff earn several times all salaries of the ledger."""
    paid = sum(money(row) for row in actual(state.rows(lea_id, "ledger")) if row["Object Code"].startswith("1"))
    _pay([row for row in rows if row["Salary Amount"]], paid * Decimal(times))


def pay_at_school(rows, state, lea_id, times):
    """The staff of one school earn several times what the ledger pays there."""
    paid, staff = {}, {}
    for row in actual(state.rows(lea_id, "ledger")):
        if row["School ID"] and row["Object Code"].startswith("1"):
            paid[row["School ID"]] = paid.get(row["School ID"], 0) + money(row)
    for row in rows:
        if row["School ID"] and row["Salary Amount"]:
            staff.setdefault(row["School ID"], []).append(row)
    school = min((one for one in staff if paid.get(one, 0) > 0), key=lambda one: paid[one] / len(staff[one]))
    _pay(staff[school], paid[school] * Decimal(times))
