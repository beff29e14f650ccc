-- One row an LEA, year, amount type and step: from all spending down to the operating budget. The row of step operating_budget is
-- the answer; the rows above it say how it comes about.
with

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger'),

steps as (select * from {{ ref('operating_budget_step') }}),

spending as (select * from {{ ref('int_operating_budget_summed') }}),

-- Actual spending is expected of every LEA-year of the marts, a budget too; encumbrances are told where a ledger has some.
asked as (
    select lea_id, fiscal_year, 'actual' as amount_type from lea_years
    union
    select lea_id, fiscal_year, 'budget' from lea_years
    union
    select lea_id, fiscal_year, amount_type from chosen where amount_type <> 'encumbrance'
    union
    select lea_id, fiscal_year, amount_type from spending where amount_type = 'encumbrance'
),

left_out as (
    select
        lea_id, fiscal_year, amount_type, operating_step as step,
        sum(amount) as amount,
        sum(line_count) as line_count,
        string_agg(distinct operating_rule_id, ', ' order by operating_rule_id) as rule_ids
    from spending
    where operating_step <> 'operating_budget'
    group by lea_id, fiscal_year, amount_type, operating_step
),

whole as (
    select lea_id, fiscal_year, amount_type, sum(amount) as amount, sum(line_count) as line_count
    from spending
    group by lea_id, fiscal_year, amount_type
),

stepped as (
    select
        asked.lea_id, asked.fiscal_year, asked.amount_type,
        steps.step_order, steps.step, steps.step_name,
        chosen.submission_id, chosen.reporting_period, chosen.data_as_of,
        case
            when chosen.submission_id is null or steps.step = 'operating_budget' then null
            when steps.step = 'all_spending' then coalesce(whole.amount, 0)
            else -coalesce(left_out.amount, 0)
        end as step_amount,
        case
            when steps.step = 'all_spending' then coalesce(whole.line_count, 0)
            when steps.step = 'operating_budget'
                then coalesce(whole.line_count, 0)
                    - coalesce(sum(left_out.line_count) over (partition by asked.lea_id, asked.fiscal_year, asked.amount_type), 0)
            else coalesce(left_out.line_count, 0)
        end as line_count,
        left_out.rule_ids
    from asked
    cross join steps
    left join chosen
        on asked.lea_id = chosen.lea_id and asked.fiscal_year = chosen.fiscal_year and asked.amount_type = chosen.amount_type
    left join whole
        on asked.lea_id = whole.lea_id and asked.fiscal_year = whole.fiscal_year and asked.amount_type = whole.amount_type
    left join left_out
        on asked.lea_id = left_out.lea_id and asked.fiscal_year = left_out.fiscal_year
        and asked.amount_type = left_out.amount_type and steps.step = left_out.step
),

running as (
    select
        stepped.*,
        sum(step_amount) over (partition by lea_id, fiscal_year, amount_type order by step_order) as running_amount
    from stepped
),

final as (
    select
        running.lea_id, leas.lea_name, running.fiscal_year, running.amount_type,
        cast(running.step_order as integer) as step_order, running.step, running.step_name,
        {{ money("case when running.step = 'operating_budget' then running.running_amount else running.step_amount end") }} as amount,
        {{ money('running.running_amount') }} as running_amount,
        cast(case when running.submission_id is not null then running.line_count end as integer) as line_count,
        running.rule_ids,
        case when running.submission_id is null then 'missing' else 'reported' end as spending_status,
        running.reporting_period,
        running.data_as_of
    from running
    left join {{ ref('leas') }} as leas on running.lea_id = leas.lea_id and {{ is_in_force('leas', 'running.fiscal_year') }}
)

select * from final
