-- One row an LEA and year: CWIFT of the latest issue not after the year, else the earliest; the state's value where the LEA has none.
with

lea_years as (select distinct lea_id, fiscal_year from {{ ref('int_lea_years_listed') }}),

lea_wages as (select * from {{ ref('cwift_lea') }}),

state_wages as (
    select cwift_state.*
    from {{ ref('cwift_state') }} as cwift_state
    inner join {{ ref('policy') }} as policies
        on policies.policy_key = 'state_abbr' and cwift_state.state_abbr = policies.value
),

candidates as (
    select lea_years.lea_id, lea_years.fiscal_year, lea_wages.index_year, lea_wages.cwift, lea_wages.cwift_se, 'lea' as cwift_basis
    from lea_years
    inner join lea_wages on lea_years.lea_id = lea_wages.lea_id
    union all
    select lea_years.lea_id, lea_years.fiscal_year, state_wages.index_year, state_wages.cwift, state_wages.cwift_se, 'state'
    from lea_years
    cross join state_wages
),

ranked as (
    select
        candidates.*,
        row_number() over (
            partition by lea_id, fiscal_year
            order by
                cwift_basis,
                case when index_year <= fiscal_year then 0 else 1 end,
                abs(fiscal_year - index_year)
        ) as choice
    from candidates
)

select lea_id, fiscal_year, index_year as cwift_index_year, cwift, cwift_se, cwift_basis
from ranked
where choice = 1
