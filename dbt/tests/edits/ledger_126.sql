-- The first digits of the amounts are not among the state's most unusual.
with

accounts as (select * from {{ ref('int_edit_accounts_summed') }}),

digits as (
    select submission_id, lea_id, fiscal_year, cast(left(cast(cast(abs(amount) as bigint) as varchar), 1) as integer) as digit,
        count(*) as digit_count
    from accounts
    where abs(amount) >= 10
    group by all
),

totals as (select lea_id, fiscal_year, sum(digit_count) as total_count from digits group by lea_id, fiscal_year),

-- Benford's shares of the nine digits add to 1; a digit that never comes deviates by its whole share.
deviations as (
    select digits.submission_id, digits.lea_id, digits.fiscal_year,
        1 + sum(
            abs(digits.digit_count / totals.total_count - log10(1 + 1.0 / digits.digit)) - log10(1 + 1.0 / digits.digit)
        ) as deviation
    from digits
    inner join totals on digits.lea_id = totals.lea_id and digits.fiscal_year = totals.fiscal_year
    where totals.total_count >= {{ threshold('ledger_126', 'rows', 'totals.fiscal_year') }}
    group by digits.submission_id, digits.lea_id, digits.fiscal_year
),

-- The books of the other districts, of the year and those beside it: one in a hundred can be told only among a hundred.
state as (
    select books.lea_id, books.fiscal_year, quantile_disc(others.deviation, 0.99) as high
    from deviations as books
    inner join deviations as others
        on books.lea_id <> others.lea_id
        and abs(books.fiscal_year - others.fiscal_year) <= 1
    group by books.lea_id, books.fiscal_year
    having count(*) >= {{ threshold('ledger_126', 'others', 'books.fiscal_year') }}
),

compared as (
    select deviations.*, state.high
    from deviations
    inner join state on deviations.lea_id = state.lea_id and deviations.fiscal_year = state.fiscal_year
    where deviations.deviation > state.high
),

final as (select {{ finding("'first digits'", "'amount'", "cast(deviation as decimal(18, 4))", "concat('at most ', cast(high as decimal(18, 4)))", "null") }} from compared)

select * from final
