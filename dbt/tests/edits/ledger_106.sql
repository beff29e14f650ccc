-- Payments to other school systems statewide are near what school systems receive from each other.
with

-- Years in which every LEA that the directory expects has its books: without a side's file there is nothing to compare.
complete as (
    select fiscal_year
    from {{ ref('district_spending') }} as spending
    group by fiscal_year
    having sum(case when spending_status = 'reported' then 0 else 1 end) <= {{ threshold('ledger_106', 'missing', 'spending.fiscal_year') }}
),

payments as (
    select fiscal_year, sum(amount) as amount
    from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped_lines
    where is_chosen and amount_type = 'actual' and f33_item = 'Q11'
    group by fiscal_year
),

receipts as (
    select lines.fiscal_year, sum(lines.amount) as amount
    from {{ rows_to_review(ref('fct_ledger_mapped')) }} as lines
    inner join {{ ref('coa_revenue_source') }} as sources on lines.source_code = sources.source_code
    where lines.is_chosen and lines.amount_type = 'actual' and concat('|', sources.f33_items, '|') like '%|D11|%'
    group by lines.fiscal_year
),

compared as (
    select
        cast(null as varchar) as submission_id, cast(null as varchar) as lea_id,
        payments.fiscal_year, payments.amount, receipts.amount as received_amount
    from payments
    inner join complete on payments.fiscal_year = complete.fiscal_year
    inner join receipts on payments.fiscal_year = receipts.fiscal_year
    where abs(payments.amount - receipts.amount) > {{ threshold('ledger_106', 'rate', 'payments.fiscal_year') }} * payments.amount
),

final as (select {{ finding("'f33_item=Q11'", "'amount'", "amount", "received_amount", "amount - received_amount") }} from compared)

select * from final
