-- One row an LEA, year, report and line: from all of the ledger's spending, difference by difference, to the figure as published.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lea_years as (select * from {{ rows_to_build(ref('int_lea_years_listed')) }} where spending_status = 'reported'),

named as (select * from {{ ref('tie_out_line') }}),

spending as (select * from {{ rows_to_build(ref('int_tie_out_summed')) }}),

schools as (
    select
        lea_id, fiscal_year,
        sum(site_federal_amount + site_state_local_amount + central_federal_amount + central_state_local_amount) as amount
    from {{ rows_to_build(ref('school_spending')) }}
    group by lea_id, fiscal_year
),

undistributed as (
    select lea_id, fiscal_year, amount
    from {{ rows_to_build(ref('school_spending_exclusion')) }}
    where category = 'undistributed'
),

-- Each report's figure from its own table, on its own way from the ledger.
published as (
    select lea_id, fiscal_year, 'operating_budget' as report, amount
    from {{ rows_to_build(ref('operating_budget')) }}
    where amount_type = 'actual' and step = 'operating_budget'
    union all
    select lea_years.lea_id, lea_years.fiscal_year, 'essa', coalesce(schools.amount, 0) + coalesce(undistributed.amount, 0)
    from lea_years
    left join schools on lea_years.lea_id = schools.lea_id and lea_years.fiscal_year = schools.fiscal_year
    left join undistributed on lea_years.lea_id = undistributed.lea_id and lea_years.fiscal_year = undistributed.fiscal_year
    {% for report, expression in {'f33_totalexp': 'totalexp', 'f33_tcurelsc': 'tcurelsc', 'f33_ce': 'ce1 + ce2'}.items() -%}
    union all
    select lea_id, fiscal_year, '{{ report }}', {{ expression }} from {{ rows_to_build(ref('f33')) }}
    {% endfor %}
),

steps as (
    select lea_id, fiscal_year, report, 'ledger' as line, sum(amount) as amount, sum(line_count) as line_count
    from spending
    group by lea_id, fiscal_year, report
    union all
    select lea_id, fiscal_year, report, reason, -amount, line_count from spending where reason is not null
    union all
    select lea_id, fiscal_year, report, 'report', sum(case when reason is null then amount else 0 end),
        sum(case when reason is null then line_count else 0 end)
    from spending
    group by lea_id, fiscal_year, report
),

final as (
    select
        lea_years.lea_id, lea_years.lea_name, lea_years.fiscal_year,
        steps.report,
        cast(coalesce(named.line_order, 99) as integer) as line_order,
        steps.line, coalesce(named.line_name, steps.line) as line_name,
        {{ money('steps.amount') }} as amount,
        cast(steps.line_count as integer) as line_count,
        case when steps.line = 'report' then {{ money('published.amount') }} end as published_amount,
        case when steps.line = 'report' then {{ money('published.amount - steps.amount') }} end as unexplained_amount,
        lea_years.data_as_of
    from lea_years
    inner join steps on lea_years.lea_id = steps.lea_id and lea_years.fiscal_year = steps.fiscal_year
    left join named on steps.report = named.report and steps.line = named.line
    left join published
        on steps.lea_id = published.lea_id and steps.fiscal_year = published.fiscal_year and steps.report = published.report
)

select * from final
