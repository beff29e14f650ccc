-- A corrected ledger's spending is near the version before.
with

totals as (
    select submissions.submission_id, submissions.lea_id, submissions.fiscal_year, submissions.reporting_period,
        submissions.version, submissions.is_selected, sum(lines.amount) as amount
    from {{ ref('stg_submission') }} as submissions
    inner join {{ source('raw', 'ledger') }} as lines on submissions.submission_id = lines.submission_id
    where submissions.collection = 'ledger' and submissions.accepted_at is not null
        and lines.account_class = 'expenditure' and lines.amount_type = 'actual'
    group by all
),

versions as (
    select *, lag(amount) over (partition by lea_id, fiscal_year, reporting_period order by version) as last_amount
    from totals
),

compared as (
    select *
    from versions
    where is_selected
        and abs(amount - last_amount) > {{ threshold('ledger_120', 'rate', 'versions.fiscal_year') }} * abs(last_amount)
),

final as (select {{ finding("concat('reporting_period=', reporting_period)", "'amount'", "amount", "concat('within ', " ~ percent('ledger_120', 'rate', 'compared.fiscal_year') ~ ", ' of the version before, ', last_amount)", "amount - last_amount") }} from compared)

select * from final
