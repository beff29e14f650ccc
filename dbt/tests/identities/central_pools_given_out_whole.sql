-- A central pool is given out whole: the shares add up to the pool, to the cent.
with

pools as (
    select lea_id, fiscal_year, is_federal, sum(amount) as amount
    from {{ ref('int_school_spending_classified') }}
    where school_id is null and category is null
    group by lea_id, fiscal_year, is_federal
),

shares as (
    select lea_id, fiscal_year, is_federal, sum(amount) as amount
    from {{ ref('int_central_pools_allocated') }}
    group by lea_id, fiscal_year, is_federal
)

select pools.*, shares.amount as share_amount
from pools
left join shares
    on pools.lea_id = shares.lea_id and pools.fiscal_year = shares.fiscal_year and pools.is_federal = shares.is_federal
where pools.amount is distinct from shares.amount
