-- One row an LEA and year: whether it can go on as it does. Parts as dollars, ratios divided once; what a ledger does not tell is empty.
with

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

spending as (select * from {{ ref('district_spending') }}),

balances as (select * from {{ ref('int_fund_balances_summed') }} where fund_code = '1'),

awards as (select * from {{ ref('int_awards_limited') }}),

-- Whether the state's register knows the end of any award: where it does not, one-time money is not zero but not told.
registers as (select count(*) > 0 as has_ends from {{ ref('int_awards_ending') }}),

operating as (
    select
        budgets.lea_id, budgets.fiscal_year,
        sum(budgets.amount) as operating_amount,
        sum(case when budgets.fund_code = '1' then budgets.amount else 0 end) as general_fund_operating_amount,
        sum(case when budgets.is_legacy then budgets.amount else 0 end) as legacy_cost_amount,
        -- An LEA that books all benefits on one object does not tell what of them is retirement.
        bool_or(budgets.is_unspecified_pay) and not bool_or(budgets.is_legacy) as is_legacy_untold,
        sum(case when awards.funding_stream is not null then budgets.amount else 0 end) as one_time_operating_amount,
        sum(case when awards.funding_stream is not null and budgets.pay_group <> 'other' then budgets.amount else 0 end) as one_time_pay_amount,
        sum(case when awards.is_last_year then budgets.amount else 0 end) as ending_operating_amount,
        sum(case when awards.is_last_year and budgets.pay_group <> 'other' then budgets.amount else 0 end) as ending_pay_amount
    from {{ ref('int_operating_budget_summed') }} as budgets
    left join awards on budgets.fiscal_year = awards.fiscal_year and budgets.funding_stream = awards.funding_stream
    where budgets.amount_type = 'actual' and budgets.operating_step = 'operating_budget'
    group by budgets.lea_id, budgets.fiscal_year
),

-- What goes out every year beside the operating budget: payments to others and other programs, but not of one-time money.
beside as (
    select budgets.lea_id, budgets.fiscal_year, sum(budgets.amount) as beside_operating_amount
    from {{ ref('int_operating_budget_summed') }} as budgets
    left join awards on budgets.fiscal_year = awards.fiscal_year and budgets.funding_stream = awards.funding_stream
    where budgets.amount_type = 'actual' and budgets.operating_step in ('payments_to_others', 'non_elementary_secondary')
        and awards.funding_stream is null
    group by budgets.lea_id, budgets.fiscal_year
),

revenue as (
    select
        streams.lea_id, streams.fiscal_year,
        sum(case when awards.funding_stream is not null then streams.amount else 0 end) as one_time_revenue_amount
    from {{ ref('int_revenue_streams_summed') }} as streams
    left join awards on streams.fiscal_year = awards.fiscal_year and streams.funding_stream = awards.funding_stream
    group by streams.lea_id, streams.fiscal_year
),

amounts as (
    select
        lea_years.lea_id, lea_years.lea_name, lea_years.fiscal_year, lea_years.reporting_period, lea_years.spending_status,
        spending.revenue_status, spending.fall_membership_count,
        balances.closing_balance_amount as general_fund_balance_amount,
        {% for name in ['operating', 'general_fund_operating'] -%}
        case when lea_years.spending_status = 'reported' then coalesce(operating.{{ name }}_amount, 0) end as {{ name }}_amount,
        {% endfor -%}
        {% for name in ['one_time_operating', 'one_time_pay', 'ending_operating', 'ending_pay'] -%}
        case when lea_years.spending_status = 'reported' and registers.has_ends then coalesce(operating.{{ name }}_amount, 0) end as {{ name }}_amount,
        {% endfor -%}
        case
            when lea_years.spending_status = 'reported' and not coalesce(operating.is_legacy_untold, false)
                then coalesce(operating.legacy_cost_amount, 0)
        end as legacy_cost_amount,
        case when lea_years.spending_status = 'reported' then coalesce(beside.beside_operating_amount, 0) end as beside_operating_amount,
        case when spending.revenue_status = 'reported' and registers.has_ends then coalesce(revenue.one_time_revenue_amount, 0) end as one_time_revenue_amount,
        spending.total_revenue_amount,
        spending.debt_service_amount + spending.principal_amount as debt_payment_amount,
        greatest(lea_years.data_as_of, spending.data_as_of) as data_as_of
    from lea_years
    cross join registers
    left join spending on lea_years.lea_id = spending.lea_id and lea_years.fiscal_year = spending.fiscal_year
    left join balances on lea_years.lea_id = balances.lea_id and lea_years.fiscal_year = balances.fiscal_year
    left join operating on lea_years.lea_id = operating.lea_id and lea_years.fiscal_year = operating.fiscal_year
    left join beside on lea_years.lea_id = beside.lea_id and lea_years.fiscal_year = beside.fiscal_year
    left join revenue on lea_years.lea_id = revenue.lea_id and lea_years.fiscal_year = revenue.fiscal_year
),

gaps as (
    select
        amounts.*,
        total_revenue_amount - coalesce(one_time_revenue_amount, 0) as recurring_revenue_amount,
        operating_amount - coalesce(one_time_operating_amount, 0) + beside_operating_amount + debt_payment_amount as recurring_expenditure_amount
    from amounts
)

select
    lea_id, lea_name, fiscal_year, reporting_period, spending_status, revenue_status, fall_membership_count,
    {{ money('general_fund_balance_amount') }} as general_fund_balance_amount,
    {{ money('general_fund_operating_amount') }} as general_fund_operating_amount,
    {{ ratio('12 * general_fund_balance_amount', 'general_fund_operating_amount') }} as fund_balance_months,
    {{ money('one_time_revenue_amount') }} as one_time_revenue_amount,
    {{ ratio('one_time_revenue_amount', 'total_revenue_amount') }} as one_time_revenue_share_rate,
    {{ money('one_time_operating_amount') }} as one_time_operating_amount,
    {{ money('one_time_pay_amount') }} as one_time_pay_amount,
    {{ ratio('one_time_pay_amount', 'one_time_operating_amount') }} as recurring_cost_on_one_time_rate,
    {{ money('ending_operating_amount') }} as ending_operating_amount,
    {{ money('ending_pay_amount') }} as ending_pay_amount,
    {{ ratio('ending_operating_amount', 'operating_amount') }} as cliff_share_rate,
    {{ money('legacy_cost_amount') }} as legacy_cost_amount,
    {{ ratio('legacy_cost_amount', 'fall_membership_count') }} as legacy_cost_per_pupil,
    {{ money('debt_payment_amount') }} as debt_payment_amount,
    {{ ratio('debt_payment_amount', 'fall_membership_count') }} as debt_payment_per_pupil,
    {{ ratio('debt_payment_amount', 'total_revenue_amount') }} as debt_burden_rate,
    {{ money('recurring_revenue_amount') }} as recurring_revenue_amount,
    {{ money('recurring_expenditure_amount') }} as recurring_expenditure_amount,
    {{ money('recurring_revenue_amount - recurring_expenditure_amount') }} as structural_gap_amount,
    {{ ratio('recurring_revenue_amount - recurring_expenditure_amount', 'fall_membership_count') }} as structural_gap_per_pupil,
    data_as_of
from gaps
