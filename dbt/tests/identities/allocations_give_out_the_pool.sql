-- What a formula with a pool gives the schools of an LEA is the pool, with floors as without; and an allocation is the sum of its parts.
with

pools as (
    select lea_id, fiscal_year, scenario, min(pool_amount) as pool_amount
    from {{ rows_changed(ref('int_formula_pools_measured')) }}
    group by lea_id, fiscal_year, scenario
),

given as (
    select
        lea_id, fiscal_year, scenario,
        sum(formula_amount) as formula_amount,
        sum(hold_harmless_adjustment_amount) as floored_amount,
        coalesce(sum(allocation_amount - formula_amount - hold_harmless_adjustment_amount - ada_adjustment_amount
            - salary_adjustment_amount - other_adjustment_amount), 0) as rest_amount
    from {{ rows_changed(ref('school_allocation')) }}
    where formula_amount is not null and hold_harmless_adjustment_amount is not null
    group by lea_id, fiscal_year, scenario
)

select given.lea_id, given.fiscal_year, given.scenario, pools.pool_amount, given.formula_amount
from given
inner join pools on given.lea_id = pools.lea_id and given.fiscal_year = pools.fiscal_year and given.scenario = pools.scenario
where given.formula_amount <> coalesce(pools.pool_amount, given.formula_amount) or given.floored_amount <> 0 or given.rest_amount <> 0
