-- One row an LEA and year whose actual amounts can be held against a neighbouring year's: how alike they are, account by account,
-- beside how alike they are to the budget of their own year. Logarithms, so that each account counts, not the largest alone:
-- doubles, of which only correlations are made; no amount comes from here.
{{ config(materialized='table') }}

with

lines as (
    select * from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped_lines
    where is_chosen and amount_type in ('actual', 'budget') and account_class in ('revenue', 'expenditure')
),

accounts as (
    select
        lea_id, fiscal_year, amount_type,
        concat_ws(' ',
            account_class, fund_code, 'f' || function_code, 'o' || object_code, 's' || source_code
        ) as account,
        ln(cast(sum(amount) as double)) as size
    from lines
    group by lea_id, fiscal_year, amount_type, account_class, fund_code, function_code, object_code, source_code
    having sum(amount) > 0
),

actual as (select * from accounts where amount_type = 'actual'),

own as (
    select actual.lea_id, actual.fiscal_year, corr(actual.size, budget.size) as correlation, count(*) as account_count
    from actual
    inner join accounts as budget
        on actual.lea_id = budget.lea_id
        and actual.fiscal_year = budget.fiscal_year
        and actual.account = budget.account
    where budget.amount_type = 'budget'
    group by actual.lea_id, actual.fiscal_year
),

neighbours as (
    select
        actual.lea_id, actual.fiscal_year, others.fiscal_year as other_fiscal_year,
        corr(actual.size, others.size) as correlation, count(*) as account_count
    from actual
    inner join actual as others
        on actual.lea_id = others.lea_id
        and abs(actual.fiscal_year - others.fiscal_year) = 1
        and actual.account = others.account
    group by actual.lea_id, actual.fiscal_year, others.fiscal_year
),

final as (
    select
        neighbours.lea_id, neighbours.fiscal_year, neighbours.other_fiscal_year,
        neighbours.correlation as other_correlation,
        own.correlation as own_correlation,
        others_own.correlation as others_own_correlation,
        least(neighbours.account_count, own.account_count) as account_count
    from neighbours
    inner join own on neighbours.lea_id = own.lea_id and neighbours.fiscal_year = own.fiscal_year
    left join own as others_own
        on neighbours.lea_id = others_own.lea_id and neighbours.other_fiscal_year = others_own.fiscal_year
)

select * from final
