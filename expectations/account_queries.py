"""Rules about accounts: whether they map to the national chart, whether their codes fit together, what the mapped money looks like.

Belongs here: rules that need the state's crosswalk. They read schema `derived` (see `accounts`), so that the crosswalk is
looked up once an account. Does not belong here: the mapping itself, rules on single columns (`queries`).
"""

from __future__ import annotations

from expectations.accounts import same_account
from expectations.group_queries import MAPPED
from expectations.rules import Rule
from expectations.sql_parts import BATCH, NO_ROW, covers, in_range, listed, literal, quoted, scope, valid_that_year

_SPENDING = "b.account_class in ('expenditure', 'other_use')"
_INCOME = "b.account_class in ('revenue', 'other_source')"
_DIMENSIONS = {
    "fund": ("fund_code", "true"),
    "function": ("function_code", _SPENDING),
    "object": ("object_code", _SPENDING),
    "program": ("program_code", _SPENDING),
    "source": ("source_code", _INCOME),
}


def account_is_mapped(rule: Rule, column: str) -> str:
    """Lines with a code of the state's chart that no crosswalk row maps and no list allows unmapped."""
    return " union all ".join(
        f"select g.submission_id, g.row_number, '{code}' as column_name, g.{code} as value, "
        f"'amount ' || coalesce(cast(g.amount as varchar), 'not readable') as detail "
        f"from (select * from {BATCH} where {scope(rule)}) as g join {_unmapped_accounts(dimension)} as m on {same_account('g', 'm')}"
        for dimension, (code, _) in _DIMENSIONS.items()
    )


def _unmapped_accounts(dimension: str) -> str:
    code, when = _DIMENSIONS[dimension]
    own = f"coalesce(b.{code}, '')"
    is_state_code = (
        listed("funds", own) if dimension == "fund" else listed("account_codes", own, f"c.dimension = '{dimension}'")
    )
    mapped = f"select account_id from derived.account_code where dimension = '{dimension}'"
    allowed = listed("unmapped_allowed", own, f"c.dimension = '{dimension}'")
    # A code that is not in the chart at all has its own edit; here it would only be said twice.
    return (
        f"(select * from derived.account as b where {when} and ({own} = '' or {is_state_code}) "
        f"and b.account_id not in ({mapped}) and not {allowed})"
    )


def account_combination(rule: Rule, column: str) -> str:
    """Lines whose national codes do not go together, as rows of reference table `account_combination` with this edit's id say.

    A row speaks of accounts all of whose codes of `if_dimension` lie in its range. With `is_allowed` Y (several rows of one
    range are alternatives) some code of `then_dimension` must lie in its range; with N, not all of them may.
    """
    rows = f"(select * from reference.account_combination where edit_id = {quoted(rule.edit_id)})"
    hits = (
        f"select r.if_dimension, r.if_code, r.if_code_to, r.is_allowed, b.account_id, "
        f"string_agg(distinct i.code, '/' order by i.code) as if_codes, string_agg(distinct t.code, '/' order by t.code) as then_codes, "
        f"any_value(r.then_dimension) as then_dimension, "
        f"bool_or({in_range('t.code', 'r.then_code', 'r.then_code_to')}) as some_hit, "
        f"bool_and({in_range('t.code', 'r.then_code', 'r.then_code_to')}) as all_hit "
        f"from {rows} as r join derived.account_code as i on i.dimension = r.if_dimension "
        f"join derived.account as b on b.account_id = i.account_id and {valid_that_year('r')} "
        f"join derived.account_code as t on t.account_id = b.account_id and t.dimension = r.then_dimension "
        f"group by all having bool_and({in_range('i.code', 'r.if_code', 'r.if_code_to')})"
    )
    wrong = (
        f"select account_id, any_value(if_dimension || ' ' || if_codes || ' with ' || replace(then_dimension, '_', ' ') || ' ' "
        f"|| coalesce(nullif(then_codes, ''), 'left empty')) as told "
        f"from ({hits}) as h group by account_id, if_dimension, if_code, if_code_to having "
        f"(bool_or(is_allowed = 'Y') and not coalesce(bool_or(some_hit) filter (where is_allowed = 'Y'), false)) "
        f"or coalesce(bool_or(all_hit) filter (where is_allowed = 'N'), false)"
    )
    return _lines(rule, column, wrong)


def f33_item_found(rule: Rule, column: str) -> str:
    """Spending lines whose national codes fit no F-33 item, though their object is one the survey counts."""
    parts = (
        "(select *, split_part(part, '-', 1) as code_from, split_part(part, '-', 2) as code_to from ("
        "select rule_id, 'function' as dimension, false as is_left_out, unnest(string_split(functions, '|')) as part from e33 "
        "union all select rule_id, 'object', false, unnest(string_split(objects_include, '|')) from e33 "
        "union all select rule_id, 'object', true, unnest(string_split(objects_exclude, '|')) from e33 where objects_exclude <> '' "
        "union all select rule_id, 'program', false, unnest(string_split(programs, '|')) from e33))"
    )
    fits = "(p.part = 'any' or (p.code_to = '' and k.code = p.code_from) or (p.code_to <> '' and k.code between p.code_from and p.code_to))"
    wrong = (
        f"with e33 as (select * from reference.f33_crosswalk_rule where rule_group = 'exclusive'), "
        f"parts as {parts}, "
        f"counted as (select b.account_id from derived.account as b join derived.account_code as k on k.account_id = b.account_id "
        f"where b.account_class = 'expenditure' and k.dimension in ('function', 'object', 'program') "
        f"group by all having count(distinct k.dimension) = 3 and not bool_or(k.dimension = 'object' and k.code in "
        f"(select object_code from reference.coa_object where spend_class in ('principal', 'debt_other', 'other_use', 'non_expenditure')))), "
        f"codes as (select distinct dimension, code from derived.account_code where dimension in ('function', 'object', 'program')), "
        f"fitting as (select p.rule_id, k.dimension, k.code from parts as p join codes as k on k.dimension = p.dimension and {fits} "
        f"group by all having not bool_or(p.is_left_out)), "
        f"reached as (select k.account_id, f.rule_id from derived.account_code as k join fitting as f on f.dimension = k.dimension "
        f"and f.code = k.code group by all having count(distinct k.dimension) = 3) "
        f"select account_id, (select string_agg(c.dimension || ' ' || c.code, ', ' order by c.dimension) from derived.account_code as c "
        f"where c.account_id = counted.account_id and c.dimension in ('function', 'object', 'program')) as told "
        f"from counted where account_id not in (select account_id from reached)"
    )
    return _lines(rule, column, wrong)


def _lines(rule: Rule, column: str, wrong: str) -> str:
    """The batch's lines of accounts that are wrong: judged once an account, then back to the lines."""
    return (
        f"select b.submission_id, b.row_number, {quoted(rule.column)} as column_name, cast(b.{column} as varchar) as value, "
        f"'national ' || m.told as detail from (select * from {BATCH} where {scope(rule)}) as b "
        f"join (select a.*, w.told from ({wrong}) as w join derived.account as a on a.account_id = w.account_id) as m "
        f"on {same_account('b', 'm')}"
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
        f"(select submission_id, slot_fiscal_year, object_code, sum(amount) as amount from {MAPPED} "
        f"where account_class = 'expenditure' and {scope(rule)} group by all)"
    )
    shares = (
        f"(select s.submission_id, s.slot_fiscal_year, {money(*a['part'])} as part, {money(*a['whole'])} as whole from {sums} as s "
        f"join {mapped} as x on {covers('x', 's.object_code')} and {valid_that_year('x', 's')} group by all)"
    )
    return (
        f"select submission_id, {NO_ROW} as row_number, {quoted(rule.column)} as column_name, "
        f"cast(cast(part as decimal(38, 2)) as varchar) as value, "
        f"'of ' || cast(whole as decimal(38, 2)) || ', a share of ' || round(cast(part as double) / cast(whole as double), 3) as detail "
        f"from {shares} as t where whole > 0 "
        f"and part not between {literal(a['min_value'])} * whole and {literal(a['max_value'])} * whole"
    )
