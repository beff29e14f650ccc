-- The books are not last year's books under this year's label.
with

matches as (
    select submission_id, lea_id, fiscal_year, count(*) as account_count,
        avg(case when amount = last_amount then 1.0 else 0.0 end) as share,
        sum(case when amount = last_amount then amount else 0 end) as amount
    from {{ ref('int_edit_accounts_compared') }}
    group by submission_id, lea_id, fiscal_year
),

compared as (select * from matches where share > {{ threshold('ledger_121', 'share', 'matches.fiscal_year') }}),

final as (select {{ finding("'fiscal_year'", "'fiscal_year'", "cast(share as decimal(18, 4))", "'amounts of another year'", "amount") }} from compared)

select * from final
