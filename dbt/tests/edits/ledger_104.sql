-- Salaries and benefits of a function do not exceed its current spending.
with

accounts as (select * from {{ ref('int_edit_accounts_summed') }}),

compared as (
    select
        submission_id, lea_id, fiscal_year, function_code,
        sum(case when object_code between '100' and '299' then amount else 0 end) as pay_amount,
        sum(amount) as amount
    from accounts
    where account_class = 'expenditure'
    group by submission_id, lea_id, fiscal_year, function_code
    having sum(case when object_code between '100' and '299' then amount else 0 end) > sum(amount)
),

final as (select {{ finding("concat('function_code=', function_code)", "'amount'", "pay_amount", "concat('at most ', amount)", "pay_amount - amount") }} from compared)

select * from final
