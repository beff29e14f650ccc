-- The federal, state and local shares of revenue lie in the state's usual range.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

shares as (
    select lea_id, fiscal_year, level, amount, amount / total_revenue_amount as share
    from (
        select lea_id, fiscal_year, total_revenue_amount, 'federal' as level, federal_revenue_amount as amount from {{ ref('district_spending') }}
        union all
        select lea_id, fiscal_year, total_revenue_amount, 'state', state_revenue_amount from {{ ref('district_spending') }}
        union all
        select lea_id, fiscal_year, total_revenue_amount, 'local', local_revenue_amount from {{ ref('district_spending') }}
    ) as levels
    where total_revenue_amount > 0
),

-- The other districts: one that is far off must not widen its own range.
state as (
    select
        shares.lea_id, shares.fiscal_year, shares.level,
        quantile_disc(others.share, 0.01) as low,
        quantile_disc(others.share, 0.99) as high
    from shares
    inner join shares as others
        on shares.fiscal_year = others.fiscal_year and shares.level = others.level and shares.lea_id <> others.lea_id
    group by shares.lea_id, shares.fiscal_year, shares.level
    having count(*) >= {{ threshold('ledger_110', 'others', 'shares.fiscal_year') }}
),

compared as (
    select shares.*, books.submission_id, state.low, state.high
    from shares
    inner join state
        on shares.lea_id = state.lea_id and shares.fiscal_year = state.fiscal_year and shares.level = state.level
    inner join books on shares.lea_id = books.lea_id and shares.fiscal_year = books.fiscal_year
    where shares.share < state.low - {{ threshold('ledger_110', 'margin', 'shares.fiscal_year') }}
        or shares.share > state.high + {{ threshold('ledger_110', 'margin', 'shares.fiscal_year') }}
),

final as (select {{ finding("concat('source_level=', level)", "'amount'", "cast(share as decimal(18, 4))", "concat(cast(low as decimal(18, 4)), ' to ', cast(high as decimal(18, 4)), ' in the state')", "amount") }} from compared)

select * from final
