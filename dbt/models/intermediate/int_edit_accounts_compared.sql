-- One row an LEA, year and national account used this year or last, of LEAs with books for both years.
{{ config(materialized='table') }}

with

accounts as (
    select * from {{ ref('int_edit_accounts_summed') }}
    where account_class in ('revenue', 'expenditure', 'other_source', 'other_use')
),

books as (select distinct submission_id, lea_id, fiscal_year from accounts),

pairs as (
    select books.submission_id, books.lea_id, books.fiscal_year, last_books.submission_id as last_submission_id
    from books
    inner join books as last_books on books.lea_id = last_books.lea_id and books.fiscal_year = last_books.fiscal_year + 1
),

-- The sum of one year's single row; an account without a row that year has none.
rows_of_both as (
    select lea_id, fiscal_year, item_key, account_class, fund_code, function_code, object_code, source_code, amount, null as last_amount from accounts
    union all
    select lea_id, fiscal_year + 1, item_key, account_class, fund_code, function_code, object_code, source_code, null, amount from accounts
),

final as (
    select
        pairs.submission_id, pairs.last_submission_id, pairs.lea_id, pairs.fiscal_year, rows_of_both.item_key,
        rows_of_both.account_class, rows_of_both.fund_code, rows_of_both.function_code, rows_of_both.object_code, rows_of_both.source_code,
        {{ money('sum(rows_of_both.amount)') }} as amount,
        {{ money('sum(rows_of_both.last_amount)') }} as last_amount
    from pairs
    inner join rows_of_both on pairs.lea_id = rows_of_both.lea_id and pairs.fiscal_year = rows_of_both.fiscal_year
    group by all
)

select * from final
