-- One row an LEA and year: actual spending and revenue on the federal file basis, and spending per pupil.
with

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

items as (select * from {{ ref('f33_item') }}),

spending as (
    select
        spending.lea_id, spending.fiscal_year,
        {% for group in ['instruction', 'support_services', 'other_current', 'nonelementary_secondary', 'capital_outlay',
            'debt_service', 'payment_to_other', 'principal', 'debt_other', 'other_use', 'non_expenditure', 'unmapped'] -%}
        sum(case when items.spending_group = '{{ group }}' then spending.amount else 0 end) as {{ group }}_amount{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_spending_summed') }} as spending
    inner join items on spending.f33_item = items.f33_item
    group by spending.lea_id, spending.fiscal_year
),

-- Salaries and benefits within current expenditure, by function and object, not by F-33's totals over all functions.
compensation as (
    select spending.lea_id, spending.fiscal_year, sum(spending.amount) as compensation_amount
    from {{ ref('int_spending_summed') }} as spending
    inner join items on spending.f33_item = items.f33_item
    where items.spending_group in ('instruction', 'support_services', 'other_current') and spending.object_code between '100' and '299'
    group by spending.lea_id, spending.fiscal_year
),

revenue as (select * from {{ ref('int_revenue_summed') }}),

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is null),

prices as (select * from {{ ref('int_prices_indexed') }}),

wages as (select * from {{ ref('int_wages_indexed') }}),

-- An amount of a submitted LEA-year is a sum, zero where no line adds to it; of a missing one it stays empty.
amounts as (
    select
        lea_years.*,
        case when revenue.lea_id is null then 'missing' else 'reported' end as revenue_status,
        {% for group in ['instruction', 'support_services', 'other_current', 'nonelementary_secondary', 'capital_outlay',
            'debt_service', 'payment_to_other', 'principal', 'debt_other', 'other_use', 'non_expenditure', 'unmapped'] -%}
        case when lea_years.spending_status = 'reported' then {{ money('coalesce(spending.' ~ group ~ '_amount, 0)') }} end as {{ group }}_amount,
        {% endfor -%}
        revenue.federal_revenue_amount, revenue.state_revenue_amount, revenue.local_revenue_amount,
        revenue.unmapped_revenue_amount
    from lea_years
    left join spending on lea_years.lea_id = spending.lea_id and lea_years.fiscal_year = spending.fiscal_year
    left join revenue on lea_years.lea_id = revenue.lea_id and lea_years.fiscal_year = revenue.fiscal_year
),

totals as (
    select
        amounts.*,
        {{ money('instruction_amount + support_services_amount + other_current_amount') }} as current_expenditure_amount,
        {{ money('instruction_amount + support_services_amount + other_current_amount + nonelementary_secondary_amount
            + capital_outlay_amount + debt_service_amount + payment_to_other_amount') }} as total_expenditure_amount,
        {{ money('federal_revenue_amount + state_revenue_amount + local_revenue_amount') }} as total_revenue_amount
    from amounts
),

priced as (
    select
        totals.lea_id, totals.fiscal_year,
        {{ ratio('totals.current_expenditure_amount', 'membership.fall_membership_count') }} as per_pupil,
        {{ ratio("case when totals.spending_status = 'reported' then least(coalesce(compensation.compensation_amount, 0),
            totals.current_expenditure_amount) end", 'totals.current_expenditure_amount') }} as labor_share_rate,
        prices.cpi_u, prices.real_factor, wages.cwift,
        nullif(cast(wages.cwift as double), 0) as wage_index, cast(wages.cwift_se as double) as wage_index_se
    from totals
    left join membership on totals.lea_id = membership.lea_id and totals.fiscal_year = membership.fiscal_year
    left join compensation on totals.lea_id = compensation.lea_id and totals.fiscal_year = compensation.fiscal_year
    left join prices on totals.fiscal_year = prices.fiscal_year
    left join wages on totals.lea_id = wages.lea_id and totals.fiscal_year = wages.fiscal_year
),

final as (
    select
        totals.lea_id, totals.nces_lea_id, totals.lea_name, totals.fiscal_year,
        totals.reporting_period, totals.spending_status, totals.revenue_status,
        case when membership.fall_membership_count is null then 'missing' else 'reported' end as membership_status,
        totals.total_expenditure_amount, totals.current_expenditure_amount,
        totals.instruction_amount, totals.support_services_amount, totals.other_current_amount,
        totals.nonelementary_secondary_amount, totals.capital_outlay_amount, totals.debt_service_amount,
        totals.payment_to_other_amount,
        totals.principal_amount, totals.debt_other_amount, totals.other_use_amount, totals.non_expenditure_amount,
        totals.unmapped_amount,
        totals.federal_revenue_amount, totals.state_revenue_amount, totals.local_revenue_amount,
        totals.total_revenue_amount, totals.unmapped_revenue_amount,
        membership.fall_membership_count, membership.adm, membership.ada,
        {{ ratio('totals.current_expenditure_amount', 'membership.fall_membership_count') }} as current_expenditure_per_pupil,
        {{ ratio('totals.current_expenditure_amount', 'membership.adm') }} as current_expenditure_per_adm,
        {{ ratio('totals.current_expenditure_amount', 'membership.ada') }} as current_expenditure_per_ada,
        priced.per_pupil * priced.real_factor as real_current_expenditure_per_pupil,
        priced.per_pupil / priced.wage_index as wage_adjusted_current_expenditure_per_pupil,
        priced.per_pupil * priced.wage_index_se / (priced.wage_index * priced.wage_index) as wage_adjusted_current_expenditure_per_pupil_se,
        priced.labor_share_rate,
        priced.per_pupil * (priced.labor_share_rate / priced.wage_index + 1 - priced.labor_share_rate)
            as labor_share_adjusted_current_expenditure_per_pupil,
        priced.per_pupil / priced.wage_index * priced.real_factor as real_wage_adjusted_current_expenditure_per_pupil,
        priced.per_pupil * (priced.labor_share_rate / priced.wage_index + 1 - priced.labor_share_rate) * priced.real_factor
            as real_labor_share_adjusted_current_expenditure_per_pupil,
        priced.cpi_u, priced.cwift,
        greatest(totals.data_as_of, membership.data_as_of) as data_as_of
    from totals
    left join membership on totals.lea_id = membership.lea_id and totals.fiscal_year = membership.fiscal_year
    left join priced on totals.lea_id = priced.lea_id and totals.fiscal_year = priced.fiscal_year
)

select * from final
