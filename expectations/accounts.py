"""The batch's accounts in the national chart, worked out once for all rules that ask.

Belongs here: the tables of schema `derived` that `account_queries` and `group_queries` read.
Does not belong here: what a rule says of an account.

A split account has several codes of a dimension. A crosswalk row with a condition wins over one without, as in
dbt/models/intermediate/int_account_codes_mapped.sql; a code without a row has none here.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from expectations.rules import Rule
from expectations.sql_parts import covers, ident, in_range, valid_that_year

ACCOUNT = (
    "slot_fiscal_year", "account_class", "fund_code", "function_code", "object_code", "program_code", "source_code", "payee_type",
)  # fmt: skip
DIMENSIONS = ("fund", "function", "object", "program", "source")
KINDS = ("account_is_mapped", "account_combination", "amount_share_between", "f33_item_found")


def prepare_accounts(connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]) -> None:
    """Make schema `derived`, where a rule needs it.

    `account`: one row an account and year of the batch; `account_code (account_id, dimension, code, weight)`: its national
    codes, with `account_class` and `payee_type` as dimensions of their own; `mapped_amount`: the batch summed by account,
    with the main national code of each dimension as `nces_fund`, `nces_function` …
    """
    if not any(rule.kind in KINDS or rule.arguments.get("is_mapped") for rule in rules):
        return
    names = ", ".join(ACCOUNT)
    connection.execute("create schema if not exists derived")
    connection.execute(
        f"create or replace table derived.account_amount as select submission_id, slot_reporting_period, amount_type, {names}, "
        f"sum(amount) as amount, count(*) as line_count from {ident(table)} group by all"
    )
    connection.execute(
        f"create or replace table derived.account as select row_number() over () as account_id, * "
        f"from (select distinct {names} from derived.account_amount)"
    )
    connection.execute(f"create or replace table derived.account_code as {_account_codes()}")
    main = ", ".join(
        f"(max(struct_pack(weight, code)) filter (where dimension = '{d}')).code as nces_{d}" for d in DIMENSIONS
    )
    connection.execute(
        f"create or replace table derived.mapped_amount as select s.*, n.* exclude (account_id) from derived.account_amount as s "
        f"join derived.account as a on {same_account('s', 'a')} "
        f"left join (select account_id, {main} from derived.account_code group by account_id) as n on n.account_id = a.account_id"
    )
    connection.execute("drop table derived.account_amount")


def same_account(one: str, other: str) -> str:
    """Whether two rows carry the same account; an empty code equals an empty code."""
    return " and ".join(f"{one}.{name} is not distinct from {other}.{name}" for name in ACCOUNT)


def _account_codes() -> str:
    own = " union all ".join(
        f"select account_id, slot_fiscal_year, '{d}' as dimension, coalesce({d}_code, '') as code from derived.account"
        for d in DIMENSIONS
    )
    crosswalk = (
        "(select dimension, code, code_to, coalesce(when_dimension, '') as when_dimension, when_code, when_code_to, nces_code, "
        "cast(weight as decimal(9, 8)) as weight, first_fiscal_year, last_fiscal_year from reference.xwalk_account)"
    )
    return f"""
        with own as ({own}),
        codes as (select distinct slot_fiscal_year, dimension, code from own),
        code_rows as (
            select b.slot_fiscal_year, b.dimension, b.code, x.* exclude (dimension, code, code_to)
            from codes as b join {crosswalk} as x
            on x.dimension = b.dimension and {covers("x", "b.code")} and {valid_that_year("x")}
        ),
        found as (
            select o.account_id, o.dimension, r.nces_code as code, r.weight, r.when_dimension <> '' as has_condition
            from own as o join code_rows as r
            on r.dimension = o.dimension and r.code = o.code and r.slot_fiscal_year is not distinct from o.slot_fiscal_year
            left join own as w on w.account_id = o.account_id and w.dimension = r.when_dimension
            where r.when_dimension = '' or {in_range("w.code", "r.when_code", "r.when_code_to")}
        ),
        decided as (
            select *, bool_or(has_condition) over (partition by account_id, dimension) as is_conditional from found
        )
        select account_id, dimension, code, weight from decided where has_condition = is_conditional
        union all select account_id, 'account_class', coalesce(account_class, ''), 1 from derived.account
        union all select account_id, 'payee_type', coalesce(payee_type, ''), 1 from derived.account"""
