-- One row a fiscal year of which there is data, an expectation or a price index.
with

prices as (select * from {{ ref('int_prices_indexed') }}),

policies as (select * from {{ ref('policy') }} where policy_key = 'fiscal_year_start_month'),

breaks as (
    select fiscal_year, string_agg(what_changed, '; ' order by break_type, what_changed) as what_changed
    from {{ ref('f33_break') }}
    where breaks_totals = 'Y'
    group by fiscal_year
),

revisions as (
    select first_fiscal_year as fiscal_year from {{ ref('xwalk_account') }}
    union
    select last_fiscal_year + 1 from {{ ref('xwalk_account') }}
),

years as (
    select fiscal_year from prices
    union
    select fiscal_year from {{ ref('int_submissions_expected') }}
    union
    select fiscal_year from {{ ref('stg_submission') }}
),

starts as (
    select
        years.fiscal_year,
        coalesce(cast(policies.value as integer), 7) as start_month
    from years
    left join policies on {{ is_in_force('policies', 'years.fiscal_year') }}
),

dated as (
    select
        fiscal_year,
        {{ month_start('fiscal_year - case when start_month > 1 then 1 else 0 end', 'start_month') }} as starts_on,
        {{ month_start('fiscal_year + case when start_month > 1 then 0 else 1 end', 'start_month') }} as next_starts_on
    from starts
),

final as (
    select
        dated.fiscal_year,
        concat(dated.fiscal_year - 1, '-', lpad(cast(dated.fiscal_year % 100 as varchar), 2, '0')) as school_year,
        dated.starts_on,
        cast(dated.next_starts_on - interval 1 day as date) as ends_on,
        prices.cpi_u,
        prices.real_factor,
        breaks.fiscal_year is not null as has_series_break,
        breaks.what_changed as series_break_note,
        revisions.fiscal_year is not null as has_chart_revision
    from dated
    left join breaks on dated.fiscal_year = breaks.fiscal_year
    left join revisions on dated.fiscal_year = revisions.fiscal_year
    left join prices on dated.fiscal_year = prices.fiscal_year
)

select * from final
