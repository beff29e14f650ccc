-- The books are not a neighbouring year's books under this year's label: they are more like the budget of their own year.
-- Where no budget tells, they are another year's if most of their accounts repeat last year's amount to the cent.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

years as (
    select * from {{ ref('int_ledger_years_correlated') }} as years
    where account_count >= {{ threshold('ledger_121', 'accounts', 'years.fiscal_year') }}
),

-- How alike neighbouring years are by chance: the other districts' of the same year. One that is far off must not widen its own range.
chance as (
    select years.lea_id, years.fiscal_year, years.other_fiscal_year, quantile_disc(others.other_correlation, 0.99) as high
    from years
    inner join years as others on years.lea_id <> others.lea_id and years.fiscal_year = others.fiscal_year
    group by years.lea_id, years.fiscal_year, years.other_fiscal_year
    having count(*) >= {{ threshold('ledger_121', 'others', 'years.fiscal_year') }}
),

-- Of two books that are one year's, those that fit the budget of their own year less well are the wrong ones.
alike as (
    select years.*
    from years
    inner join chance
        on years.lea_id = chance.lea_id
        and years.fiscal_year = chance.fiscal_year
        and years.other_fiscal_year = chance.other_fiscal_year
    where years.other_correlation > years.own_correlation
        and years.other_correlation >= chance.high
        and (years.others_own_correlation is null or years.own_correlation <= years.others_own_correlation)
),

repeated as (
    select lea_id, fiscal_year, sum(case when amount = last_amount then 1 else 0 end) as same_count, count(*) as account_count
    from {{ ref('int_edit_accounts_compared') }} as accounts
    group by lea_id, fiscal_year
    having sum(case when amount = last_amount then 1 else 0 end)
        > {{ threshold('ledger_121', 'share', 'accounts.fiscal_year') }} * count(*)
),

told as (
    select lea_id, fiscal_year, concat('as like fiscal year ', other_fiscal_year, ' as ', cast(other_correlation as decimal(6, 4))) as found,
        concat('less than ', cast(own_correlation as decimal(6, 4)), ', the likeness to the budget of the year') as wanted
    from alike
    union all
    select lea_id, fiscal_year, concat(same_count, ' of ', account_count, ' accounts repeat last year'), 'amounts of this year'
    from repeated
    where not exists (
        select 1 from alike where repeated.lea_id = alike.lea_id and repeated.fiscal_year = alike.fiscal_year
    )
),

compared as (
    select books.submission_id, told.*
    from told
    inner join books on told.lea_id = books.lea_id and told.fiscal_year = books.fiscal_year
),

final as (select {{ finding("'fiscal_year'", "'fiscal_year'", "found", "wanted") }} from compared)

select * from final
