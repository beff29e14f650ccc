-- Fund totals before and after the crosswalk tie to the cent (funds that go to one national fund).
{{ config(meta={'catalogue_id': 'REC-xwalk_fund_total'}) }}
with

fund_targets as (
    select account_key, min(nces_fund_code) as nces_fund_code
    from {{ ref('int_accounts_mapped') }}
    group by account_key
    having count(distinct coalesce(nces_fund_code, '')) = 1
),

accounts as (
    select listed.*, fund_targets.nces_fund_code
    from {{ ref('int_accounts_listed') }} as listed
    inner join fund_targets on listed.account_key = fund_targets.account_key
),

before as (
    select lines.submission_id, lines.amount_type, accounts.nces_fund_code as fund_code, sum(lines.amount) as amount
    from {{ rows_changed(ref('fct_ledger')) }} as lines
    inner join accounts on {{ same_account('lines', 'accounts') }}
    group by 1, 2, 3
),

after as (
    select submission_id, amount_type, fund_code, sum(amount) as amount
    from {{ rows_changed(ref('fct_ledger_mapped')) }} as rows_of_fct_ledger_mapped
    group by 1, 2, 3
)

select before.*, after.amount as mapped_amount
from before
left join after
    on before.submission_id = after.submission_id
    and before.amount_type = after.amount_type
    and before.fund_code is not distinct from after.fund_code
where before.amount is distinct from after.amount
    and not exists (
        select 1 from {{ ref('int_accounts_mapped') }} as split
        where split.nces_fund_code = before.fund_code
            and split.account_key not in (select account_key from fund_targets)
    )
