-- One row a fiscal year: CPI-U averaged over the state's own window, and the factor to dollars of the policy's base year.
-- A year counts when all twelve months have a row; a month that was never published is left out of the mean.
with

months as (select * from {{ ref('cpi_u_month') }}),

policies as (select * from {{ ref('policy') }}),

windows as (select distinct cpi_column, fy_start_month from {{ ref('state_fiscal_year') }}),

window_start as (
    select min(windows.fy_start_month) as start_month
    from policies
    inner join windows on concat('cpi_u_', policies.value, '_mean') = windows.cpi_column
    where policies.policy_key = 'cpi_window'
),

years as (
    select
        months.calendar_year + case when months.month >= window_start.start_month then 1 else 0 end as fiscal_year,
        cast(round(avg(months.cpi_u), 3) as decimal(9,3)) as cpi_u
    from months
    cross join window_start
    group by 1
    having count(*) = 12
),

base as (
    select years.fiscal_year, years.cpi_u
    from policies
    inner join years on cast(policies.value as integer) = years.fiscal_year
    where policies.policy_key = 'real_dollar_base_fiscal_year'
),

final as (
    select
        years.fiscal_year,
        years.cpi_u,
        base.fiscal_year as base_fiscal_year,
        {{ ratio('base.cpi_u', 'years.cpi_u') }} as real_factor
    from years
    left join base on true
)

select * from final
