"""Worked queries: questions an analyst begins with, each answered by one query that runs as it stands.

They are data. A generation's README and its site show one only if every table it names is there.

Belongs here: the questions, the SQL, and what the columns mean that no table has. Does not belong here: how they are shown (`readme`, `site`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class WorkedQuery:
    """`words`: the columns worked out here; the others mean what they mean in their table. `note`: what to mind."""

    name: str
    question: str
    tables: tuple[str, ...]
    sql: str
    words: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


QUERIES = (
    WorkedQuery(
        "state-per-pupil",
        "What did the state spend per pupil, and on how many of its districts does the figure rest?",
        ("district_spending",),
        """select fiscal_year, count(*) as expected_lea_count, count(current_expenditure_per_pupil) as reporting_lea_count,
       sum(current_expenditure_amount) filter (where current_expenditure_per_pupil is not null)
       / sum(fall_membership_count) filter (where current_expenditure_per_pupil is not null)
         as current_expenditure_per_pupil,
       sum(real_current_expenditure_per_pupil * fall_membership_count)
       / sum(fall_membership_count) filter (where real_current_expenditure_per_pupil is not null)
         as real_current_expenditure_per_pupil,
       sum(current_expenditure_amount) filter (where current_expenditure_per_pupil is not null)
       / sum(current_expenditure_amount) as reporting_spending_share_rate
from district_spending
group by fiscal_year
order by fiscal_year""",
        {
            "real_current_expenditure_per_pupil": "The same in dollars of the base year, which policy `real_dollar_base_fiscal_year` names.",
            "reporting_spending_share_rate": "Current spending of the LEAs it rests on over that of all LEAs with a ledger, 0 to 1.",
            "expected_lea_count": "LEAs the figure should rest on.",
            "reporting_lea_count": "LEAs it rests on: with spending and with pupils.",
            "current_expenditure_per_pupil": "Dollars of these LEAs over pupils of the same LEAs: weighted by pupils. A mean of the LEAs' own figures would count a small LEA like a large one.",
        },
        "A count of LEAs is not coverage: one large LEA without pupils takes much of the spending out, and years then differ by who is in them.",
    ),
    WorkedQuery(
        "operating-budget",
        "What is the operating budget of each district, planned and spent, and how much of the plan was spent?",
        ("operating_budget",),
        """select lea_id, lea_name, fiscal_year,
       max(amount) filter (where amount_type = 'budget') as budget_amount,
       max(amount) filter (where amount_type = 'actual') as actual_amount,
       max(reporting_period) filter (where amount_type = 'budget') as budget_period,
       max(reporting_period) filter (where amount_type = 'actual') as actual_period,
       max(amount) filter (where amount_type = 'actual') / max(amount) filter (where amount_type = 'budget') as spent_rate
from operating_budget
where step = 'operating_budget'
group by lea_id, lea_name, fiscal_year
order by lea_id, fiscal_year""",
        {
            "budget_amount": "Dollars planned: the revised budget where there is one, else the adopted one.",
            "actual_amount": "Dollars spent: audited, else unaudited, else interim.",
            "budget_period": "adopted_budget or revised_budget: compare `spent_rate` among LEAs of the same.",
            "actual_period": "Which of the three the actual is; unaudited is not the last word.",
            "spent_rate": "Spent over planned, about 1.",
        },
        "The other steps of the table are what was taken away on the way; without `step = 'operating_budget'` a sum counts the same dollars several times. Encumbrances are a third amount type and are neither.",
    ),
    WorkedQuery(
        "real-change",
        "How did real spending per pupil change in the ten largest districts?",
        ("district_spending",),
        """select lea_name, fiscal_year, reporting_period, fall_membership_count, current_expenditure_per_pupil,
       real_current_expenditure_per_pupil
from district_spending
where lea_id in (
    select lea_id from district_spending group by lea_id order by max(fall_membership_count) desc nulls last limit 10
)
order by lea_name, fiscal_year""",
        note="Real dollars are of the year that `real_dollar_base_fiscal_year` of the state's policy names, by the CPI-U. The newest year is often not yet audited: `reporting_period` says so.",
    ),
    WorkedQuery(
        "denominators",
        "How far does a district's figure depend on which pupils it is divided by?",
        ("district_per_pupil",),
        """select lea_id, fiscal_year, numerator_def_id, denominator_def_id, denominator_count, per_pupil, spread_rate, is_spread_wide
from district_per_pupil
where amount_type = 'actual' and per_pupil_status = 'reported'
  and fiscal_year = (select max(fiscal_year) from district_per_pupil where per_pupil_status = 'reported')
order by lea_id, numerator_def_id, per_pupil desc""",
        note="`weighted` is no head count: it adds need to pupils, so its figure is low, and `spread_rate` leaves it out. Compare rows of one numerator only.",
    ),
    WorkedQuery(
        "central-share",
        "Which schools have the largest share of central cost, not money spent at the site?",
        ("school_spending", "dim_school"),
        """select spending.fiscal_year, spending.lea_id, spending.school_id, schools.school_name, spending.membership_count,
       spending.site_per_pupil, spending.total_per_pupil,
       (spending.central_federal_amount + spending.central_state_local_amount) / spending.total_amount as central_share_rate
from school_spending as spending
left join dim_school as schools
    on schools.lea_id = spending.lea_id and schools.school_id = spending.school_id
    and spending.fiscal_year >= coalesce(schools.valid_from_fiscal_year, 0)
    and spending.fiscal_year <= coalesce(schools.valid_to_fiscal_year, 9999)
where spending.total_amount > 0
order by central_share_rate desc, spending.fiscal_year, spending.lea_id, spending.school_id
limit 20""",
        {"central_share_rate": "The school's share of central cost over all it spends, 0 to 1."},
        "A school is known by `lea_id` and `school_id` together. Central cost is spread by the state's `allocation_rules`, without a rule by pupils: then every school of an LEA has the same central dollars per pupil, and a high share means little is spent at the site.",
    ),
    WorkedQuery(
        "federal-share",
        "What share of each school's spending is federal money, at the site and with its share of central cost?",
        ("school_spending",),
        """select fiscal_year, lea_id, school_id, total_amount,
       site_federal_amount + central_federal_amount as federal_amount,
       site_federal_amount / nullif(site_federal_amount + site_state_local_amount, 0) as site_federal_share_rate,
       (site_federal_amount + central_federal_amount) / nullif(total_amount, 0) as federal_share_rate
from school_spending
where spending_status = 'reported'
order by federal_share_rate desc nulls last, fiscal_year, lea_id, school_id
limit 20""",
        {
            "federal_amount": "Federal dollars at the site and in the share of central cost.",
            "site_federal_share_rate": "Federal over all dollars spent at the site, 0 to 1.",
            "federal_share_rate": "Federal over all current dollars of the school, its share of central cost included, 0 to 1.",
        },
        "Impact Aid replaces local taxes and counts as state and local here.",
    ),
    WorkedQuery(
        "school-mix",
        "What is the spending of schools made of?",
        ("school_spending_mix",),
        """select fiscal_year, category, sum(amount) as amount,
       sum(amount) / sum(sum(amount)) over (partition by fiscal_year) as share_rate
from school_spending_mix
group by fiscal_year, category
order by fiscal_year, amount desc""",
        {"amount": "Dollars of all schools.", "share_rate": "Share of the category in the year, 0 to 1."},
        "`central_share` is the schools' share of central cost; the others are spent at the site. In a release some cells are hidden, so that sums are a little low.",
    ),
    WorkedQuery(
        "functions",
        "On which functions does the state spend, and from whose money?",
        ("district_spending_detail",),
        """select fiscal_year, function_code, source_level, sum(amount) as amount
from district_spending_detail
group by all
order by fiscal_year, amount desc""",
        {"amount": "Dollars of all LEAs, also those outside the totals of `district_spending`."},
        "`source_level` is whose money was spent, as its project or fund says: unrestricted state aid in a general fund is spent as local money. Where revenue came from is `federal_revenue_amount`, `state_revenue_amount` and `local_revenue_amount` of `district_spending`.",
    ),
    WorkedQuery(
        "revenue",
        "Where does each district's revenue come from?",
        ("district_spending",),
        """select lea_id, lea_name, fiscal_year, federal_revenue_amount, state_revenue_amount, local_revenue_amount, total_revenue_amount,
       federal_revenue_amount / nullif(total_revenue_amount, 0) as federal_share_rate
from district_spending
where revenue_status = 'reported'
order by lea_id, fiscal_year""",
        {"federal_share_rate": "Federal over total revenue, 0 to 1."},
        "Intermediate sources are within local. The three add to the total to the cent; items of the federal survey are in `f33_detail`.",
    ),
    WorkedQuery(
        "teachers",
        "What are teachers paid beside how new they are to the work?",
        ("district_staffing", "dim_lea"),
        """select staffing.fiscal_year, staffing.lea_id, leas.lea_name, staffing.teacher_fte, staffing.average_teacher_salary_amount,
       staffing.novice_teacher_share_rate, staffing.average_teacher_experience_years
from district_staffing as staffing
left join dim_lea as leas
    on leas.lea_id = staffing.lea_id
    and staffing.fiscal_year >= coalesce(leas.valid_from_fiscal_year, 0)
    and staffing.fiscal_year <= coalesce(leas.valid_to_fiscal_year, 9999)
where staffing.staffing_status = 'reported'
order by staffing.fiscal_year, staffing.average_teacher_salary_amount desc""",
        note="A novice has fewer years of experience than `novice_experience_years` of the state's policy. Where many teachers are new, average pay is lower, other things equal; of few teachers (`teacher_fte`) one moves both figures. LEAs without a staff file have no row here. `dim_lea` has a row for every period of an LEA, so the years are part of the join.",
    ),
    WorkedQuery(
        "panel",
        "Which LEAs merged, split or took another code, and how do they compare over the years?",
        ("lea_panel",),
        """select unit_id, unit_name, fiscal_year, member_lea_ids, lea_count, reporting_lea_count, fall_membership_count,
       current_expenditure_per_pupil
from lea_panel
where view = 'constant_boundary'
  and unit_id in (select unit_id from lea_panel where view = 'constant_boundary' group by unit_id having max(lea_count) > 1)
order by unit_id, fiscal_year""",
        note="`constant_boundary` puts together, in every year, all LEAs that were ever one or gave pupils to each other: nothing is estimated. `harmonized` shows each LEA of today's map, with members that no longer exist given to their successors by weights (`is_estimated`). The events themselves: `event_types` and `next_event_types` in the view `as_reported`. `reporting_lea_count` is of ledgers, not of pupils: where a member's pupils are missing, `fall_membership_count` is the sum of the others, and the figure per pupil is empty.",
    ),
    WorkedQuery(
        "restatements",
        "Which published figures were restated most, why, and by which submissions?",
        ("restatements",),
        """select lea_id, fiscal_year, measure, previous_value, current_value, change_rate, reason_code,
       previous_rank, current_rank, current_submission_ids, previous_as_of, current_as_of
from restatements
order by abs(change_rate) desc nulls last
limit 20""",
        note="Without a row nothing published has changed, or it is the first generation. What was corrected before a figure was first published is no restatement: it stands in `dim_submission` as superseded. Every pair of generations since the first is here; for the last pair alone add `where current_generation_id = (select generation_id from generation)`.",
    ),
    WorkedQuery(
        "edits",
        "Which edits find most, and what becomes of it?",
        ("edit_effectiveness",),
        """select edit_id, severity, sum(judged_submission_count) as judged_submission_count,
       sum(fired_submission_count) as fired_submission_count, sum(finding_count) as finding_count,
       sum(explained_submission_count) as explained_submission_count, sum(corrected_submission_count) as corrected_submission_count
from edit_effectiveness
group by edit_id, severity
having sum(finding_count) > 0
order by finding_count desc, edit_id""",
        note="The columns are sums over fiscal years. What each edit asks is on the page of edits (`edits.html`).",
    ),
    WorkedQuery(
        "suspended",
        "How many submissions are suspended or never came?",
        ("submission_quality",),
        """select collection, fiscal_year, status, count(*) as slot_count, sum(fatal_count) as fatal_count
from submission_quality
group by collection, fiscal_year, status
order by collection, fiscal_year, status""",
        {
            "slot_count": "Slots with this status: of the version the cut takes, else of the newest.",
            "fatal_count": "Fatal findings of the newest version: an accepted slot with some has a newer, suspended file.",
        },
        "One row a slot, not a file. Suspended files: `select count(*) from dim_submission where status = 'suspended'`.",
    ),
    WorkedQuery(
        "past-day",
        "What did a year's ledgers say at the end of a past day?",
        ("dim_submission_use", "fct_ledger_superseded"),
        """select fiscal_year, count(*) as line_count, sum(amount) as amount
from marts.ledger_as_of('2026-12-31')
where amount_type = 'actual' and account_class = 'expenditure'
group by fiscal_year
order by fiscal_year""",
        {
            "fiscal_year": "Fiscal year, by the year in which it ends.",
            "line_count": "Ledger lines that counted then.",
            "amount": "Their dollars.",
        },
    ),
    WorkedQuery(
        "lines",
        "Which source lines stand behind one district's year?",
        ("fct_ledger",),
        """select reporting_period, submission_id, row_number, fund_code, function_code, object_code, account_class, amount
from fct_ledger
where amount_type = 'actual'
  and (lea_id, fiscal_year) = (select (lea_id, fiscal_year) from fct_ledger order by fiscal_year desc, lea_id limit 1)
order by abs(amount) desc
limit 20""",
    ),
)  # fmt: skip


def queries_over(tables: Container[str]) -> list[WorkedQuery]:
    """The queries that these tables can answer."""
    return [query for query in QUERIES if all(table in tables for table in query.tables)]
