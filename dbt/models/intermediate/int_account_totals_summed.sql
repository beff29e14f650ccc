-- One row an LEA, year and state account: its actual amounts in the chosen ledger, summed.
{{ config(materialized='table') }}

with

lines as (select * from {{ ref('fct_ledger') }} where amount_type = 'actual'),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

final as (
    select
        lines.submission_id, lines.lea_id, lines.fiscal_year, lines.account_class,
        concat_ws(
            ' ', concat('fund_code=', lines.fund_code), concat('function_code=', lines.function_code),
            concat('object_code=', lines.object_code), concat('program_code=', lines.program_code),
            concat('source_code=', lines.source_code), concat('account_class=', lines.account_class)
        ) as account_key,
        {{ money('sum(lines.amount)') }} as amount
    from lines
    inner join chosen on lines.submission_id = chosen.submission_id
    where lines.account_class in ('revenue', 'expenditure', 'other_source', 'other_use')
    group by
        lines.submission_id, lines.lea_id, lines.fiscal_year, lines.account_class, lines.fund_code, lines.function_code,
        lines.object_code, lines.program_code, lines.source_code
)

select * from final
