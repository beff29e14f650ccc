-- The fiscal year of the state's policy begins in the month the national list gives for the state: a year labelled by another
-- calendar would stand one year off beside every other state's.
with

policies as (select * from {{ ref('policy') }}),

state as (
    select listed.*
    from {{ ref('state_fiscal_year') }} as listed
    inner join policies on policies.policy_key = 'state_abbr' and policies.value = listed.state_abbr
)

select policies.value, state.state_abbr, state.fy_start_month
from policies
inner join state on true
where policies.policy_key = 'fiscal_year_start_month' and cast(policies.value as integer) <> state.fy_start_month
