"""Staff and sections of one LEA and year as the marts count them, read a second time from the published facts.

Belongs here: which rows count, and what stands beside each. Does not belong here: what is added (recipes of the marts).
"""

from __future__ import annotations

# The slot of the collection that counts: the first of slot_preference that is there.
_SLOT = """(
    select slot.reporting_period from memory.reference.slot_preference as slot
    where slot.collection = '{collection}' and slot.reporting_period in (
        select reporting_period from {facts} where lea_id = {{lea_id}} and fiscal_year = {year})
    order by cast(slot.preference as integer) limit 1)"""

_POLICY = """(
    select cast(value as decimal(9,2)) from memory.reference.policy
    where policy_key = '{key}' and {{fiscal_year}} between coalesce(first_fiscal_year, 0) and coalesce(last_fiscal_year, 9999))"""


def _slot(collection: str, facts: str, year: str = "{fiscal_year}") -> str:
    return _SLOT.format(collection=collection, facts=facts, year=year)


# Averages are those of all paid staff of a position at the LEA's schools, by FTE.
_STAFF = f"""
select staff.*, category.role_group,
    staff.experience_years < {_POLICY.format(key="novice_experience_years")} as is_novice,
    staff.salary_amount is not null and staff.assignment_fte > 0 and staff.school_id is not null as is_averaged,
    sum(case when is_averaged then cast(salary_amount as double) end) over position
        / sum(case when is_averaged then cast(assignment_fte as double) end) over position as average_salary,
    staff.staff_id in (
        select later.staff_id from fct_staff_assignments as later
        join memory.reference.ccd_staff_category as role on later.assignment_category = role.code
        where later.lea_id = {{lea_id}} and later.fiscal_year = {{fiscal_year}} + 1 and role.role_group = 'teacher'
            and later.reporting_period = {_slot("staff", "fct_staff_assignments", "{fiscal_year} + 1")}) as teaches_on
from fct_staff_assignments as staff
left join memory.reference.ccd_staff_category as category on staff.assignment_category = category.code
where staff.lea_id = {{lea_id}} and staff.fiscal_year = {{fiscal_year}}
    and staff.reporting_period = {_slot("staff", "fct_staff_assignments")}
window position as (partition by staff.assignment_category, is_averaged)"""

# A section taught by two counts once; adults are left out.
_SECTIONS = f"""
select school_id, section_id, course_code, sum(student_count) as student_count,
    sum(student_count * minutes_per_week / 60.0 * {_POLICY.format(key="instructional_weeks")}) as pupil_hours,
    any_value(submission_id) as submission_id
from (
    select school_id, section_id, course_code, grade_code, max(student_count) as student_count,
        max(minutes_per_week) as minutes_per_week, any_value(submission_id) as submission_id
    from fct_sections
    where lea_id = {{lea_id}} and fiscal_year = {{fiscal_year}} and reporting_period = {_slot("sections", "fct_sections")}
        and grade_code not in (select code from memory.reference.grade where is_pk12 = 'N')
    group by all)
group by all"""

ROWS = {"staff": _STAFF, "sections": _SECTIONS}
"""Queries by what they read; `{lea_id}` and `{fiscal_year}` in them are the row's own."""
