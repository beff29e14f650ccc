"""What is planted in files of staff, membership, sections and outcomes.

Belongs here: the mistakes of files about people. Does not belong here: those of ledgers (`plants`), in whose files they are (`planted.yaml`).
"""

from decimal import Decimal

from plants_ledger import actual, money
from state import pupils


def without_school(rows, state, lea_id, _):
    """The smallest school is missing from the membership file."""
    sizes = pupils(rows)
    school = min((one for one in sizes if sizes[one] > 0), key=sizes.get)
    rows[:] = [row for row in rows if row["School ID"] != school]


def school_grows(rows, state, lea_id, percent):
    """Every count of a middling school of more than 100 pupils grows."""
    sizes = pupils(rows)
    school = min((one for one in sizes if sizes[one] > 100), key=sizes.get)
    for row in rows:
        if row["School ID"] == school and row["Fall Membership Count"]:
            row["Fall Membership Count"] = str(int(row["Fall Membership Count"]) * (100 + int(percent)) // 100)


def fewer_pupils(rows, state, lea_id, percent):
    """Every count is so much smaller than last year's."""
    for row in rows:
        if row["Fall Membership Count"]:
            row["Fall Membership Count"] = str(int(row["Fall Membership Count"]) * (100 - int(percent)) // 100)


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


def pay_doubled(rows, state, lea_id, times):
    """One member of staff without a school earns several times all salaries of the ledger."""
    paid = sum(money(row) for row in actual(state.rows(lea_id, "ledger")) if row["Object Code"].startswith("1"))
    next(row for row in rows if not row["School ID"])["Salary Amount"] = f"{paid * Decimal(times):.2f}"


def pay_at_school(rows, state, lea_id, times):
    """One member of staff earns several times what the smallest school pays in salaries."""
    paid = {}
    for row in actual(state.rows(lea_id, "ledger")):
        if row["School ID"] and row["Object Code"].startswith("1"):
            paid[row["School ID"]] = paid.get(row["School ID"], 0) + money(row)
    school = min((one for one in paid if paid[one] > 0), key=paid.get)
    next(row for row in rows if row["School ID"] == school)["Salary Amount"] = f"{paid[school] * Decimal(times):.2f}"
