"""Rules about accounts: whether they map to the national chart, and what the mapped money looks like.

Belongs here: rules that need the state's crosswalk. Does not belong here: rules on single columns (`queries`).
"""

from __future__ import annotations

from expectations.rules import Rule
from expectations.sql_parts import BATCH, covers, listed, scope, valid_that_year

_SPENDING = "b.account_class in ('expenditure', 'other_use')"
_INCOME = "b.account_class in ('revenue', 'other_source')"
_DIMENSIONS = {
    "fund": ("fund_code", "true"),
    "function": ("function_code", _SPENDING),
    "object": ("object_code", _SPENDING),
    "program": ("program_code", _SPENDING),
    "source": ("source_code", _INCOME),
}
_ACCOUNT = (
    "fund_code", "account_class", "function_code", "object_code", "program_code", "source_code", "slot_fiscal_year",
)  # fmt: skip


def account_is_mapped(rule: Rule, column: str) -> str:
    """Lines with a code of the state's chart that no crosswalk row maps and no list allows unmapped."""
    same = " and ".join(f"g.{code} is not distinct from m.{code}" for code in _ACCOUNT)
    return " union all ".join(
        f"select g.submission_id, g.row_number, '{code}' as column_name, g.{code} as value, "
        f"'amount ' || coalesce(cast(g.amount as varchar), 'not readable') as detail "
        f"from {BATCH} as g join {_unmapped_accounts(dimension)} as m on {same} where {scope(rule)}"
        for dimension, (code, _) in _DIMENSIONS.items()
    )


def _unmapped_accounts(dimension: str) -> str:
    code, when = _DIMENSIONS[dimension]
    own = f"coalesce(b.{code}, '')"
    is_state_code = (
        listed("funds", own) if dimension == "fund" else listed("account_codes", own, f"c.dimension = '{dimension}'")
    )
    conditions = " or ".join(
        f"(x.when_dimension = '{other}' and b.{other_code} between x.when_code "
        f"and coalesce(nullif(x.when_code_to, ''), x.when_code) and length(b.{other_code}) = length(x.when_code))"
        for other, (other_code, _) in _DIMENSIONS.items()
    )
    mapped = (
        f"exists (select 1 from reference.xwalk_account as x where x.dimension = '{dimension}' and {covers('x', own)} "
        f"and {valid_that_year('x')} and (coalesce(x.when_dimension, '') = '' or {conditions}))"
    )
    allowed = listed("unmapped_allowed", own, f"c.dimension = '{dimension}'")
    # A code that is not in the chart at all has its own edit; here it would only be said twice.
    return (
        f"(select * from (select distinct {', '.join(_ACCOUNT)} from {BATCH}) as b where {when} "
        f"and ({own} = '' or {is_state_code}) and not {mapped} and not {allowed})"
    )


def amount_share_between(rule: Rule, column: str) -> str:
    """The share of one range of national objects in another, over the whole file; one finding without a row."""
    a = rule.arguments

    def money(first: str, last: str) -> str:
        return f"coalesce(sum(s.amount * x.weight) filter (where x.nces_code between '{first}' and '{last}'), 0)"

    mapped = (
        "(select code, code_to, cast(weight as decimal(9, 8)) as weight, nces_code, first_fiscal_year, last_fiscal_year "
        "from reference.xwalk_account where dimension = 'object' and when_dimension = '')"
    )
    # Add up by object first: objects are few, lines are many.
    sums = (
        f"(select submission_id, slot_fiscal_year, object_code, sum(amount) as amount from {BATCH} "
        f"where account_class = 'expenditure' and {scope(rule)} group by all)"
    )
    shares = (
        f"(select s.submission_id, {money(*a['part'])} as part, {money(*a['whole'])} as whole from {sums} as s "
        f"join {mapped} as x on {covers('x', 's.object_code')} and {valid_that_year('x', 's')} group by s.submission_id)"
    )
    return (
        f"select submission_id, cast(null as bigint) as row_number, '{rule.column}' as column_name, "
        f"cast(cast(part as decimal(18, 2)) as varchar) as value, "
        f"'of ' || cast(whole as decimal(18, 2)) || ', a share of ' || round(cast(part as double) / cast(whole as double), 3) as detail "
        f"from {shares} as t where whole > 0 and part not between {a['min_value']} * whole and {a['max_value']} * whole"
    )
