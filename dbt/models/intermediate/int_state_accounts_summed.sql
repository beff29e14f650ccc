-- One row an LEA, year and state account of the chosen actual books, of years beside a revision of the chart: summed in the state's own codes.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

revisions as (select * from {{ ref('int_chart_revisions') }}),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

final as (
    select
        lines.lea_id, lines.fiscal_year, lines.account_class,
        lines.fund_code, lines.function_code, lines.object_code, lines.program_code, lines.source_code,
        {{ money('sum(lines.amount)') }} as amount
    from lines
    inner join chosen on lines.submission_id = chosen.submission_id and lines.amount_type = chosen.amount_type
    where lines.fiscal_year in (select fiscal_year from revisions)
    group by
        lines.lea_id, lines.fiscal_year, lines.account_class,
        lines.fund_code, lines.function_code, lines.object_code, lines.program_code, lines.source_code
)

select * from final
