"""The ledger's mapped lines as an explanation reads them, with the state's own codes beside the national ones.

Belongs here: the lines, and the rows of the crosswalk behind those of `memory.main.own`. Does not belong here: which lines a number
adds (recipes of the marts).
"""

from __future__ import annotations

_DIMENSIONS = ("fund", "function", "object", "program", "source")

# The mapped lines in use with the state's own codes beside the national ones, and what group of spending their F-33 item belongs to.
LINES = """
select mapped.*, own.fund_code as own_fund_code, own.function_code as own_function_code, own.object_code as own_object_code,
    own.program_code as own_program_code, own.source_code as own_source_code,
    nullif(items.spending_group, '') as spending_group, nullif(items.essa_exclusion, '') as essa_exclusion,
    nullif(items.total_item, '') as total_item, nullif(items.item_group, '') as item_group
from (select * from fct_ledger_mapped where is_chosen) as mapped
join fct_ledger as own using (submission_id, row_number, amount_type, lea_id, fiscal_year)
left join memory.reference.f33_item as items on mapped.f33_item = items.f33_item"""
LINES = f"select * from ({LINES}) as line"


def crosswalk_of(fiscal_year: int) -> str:
    """The query for the rows by which the own codes of the lines became national ones; one with a condition only where a line meets it."""
    own = (
        "select distinct "
        + ", ".join(f"own_{name}_code, {name}_code" for name in _DIMENSIONS)
        + " from memory.main.own"
    )
    ways = " union all ".join(
        f"select '{name}' as dimension, own_{name}_code as code, {name}_code as nces_code, * from ({own})"
        for name in _DIMENSIONS
    )
    condition = (
        "case x.when_dimension " + " ".join(f"when '{name}' then own_{name}_code" for name in _DIMENSIONS) + " end"
    )
    code = "coalesce(used.code, '')"
    return (
        f"select distinct x.dimension, x.code, x.code_to, x.when_dimension, x.when_code, x.nces_code, x.weight, x.source "
        f"from memory.reference.xwalk_account as x join ({ways}) as used on x.dimension = used.dimension and x.nces_code = used.nces_code "
        f"and {_matches(code, 'x.code', 'x.code_to')} "
        f"where {fiscal_year} between coalesce(x.first_fiscal_year, 0) and coalesce(x.last_fiscal_year, 9999) "
        f"and (coalesce(x.when_dimension, '') = '' or {_matches(condition, 'x.when_code', 'x.when_code_to')}) order by all"
    )


def _matches(code: str, low: str, high: str) -> str:
    """A code is the one of a row of the crosswalk, or in its range of equally long codes."""
    return f"({code} = coalesce({low}, '') or (coalesce({high}, '') <> '' and length({low}) = length({code}) and {code} between {low} and {high}))"
