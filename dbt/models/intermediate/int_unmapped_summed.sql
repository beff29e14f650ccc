-- One row a ledger submission the cut takes: money whose account has no national code, and all money, both without sign too.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('fct_ledger_mapped')) }}),

marked as (
    select
        submission_id, lea_id, fiscal_year, amount,
        '{{ var("unmapped") }}' in (
            coalesce(fund_code, ''), coalesce(function_code, ''), coalesce(object_code, ''),
            coalesce(program_code, ''), coalesce(source_code, '')
        ) as is_unmapped
    from lines
),

final as (
    select
        submission_id, lea_id, fiscal_year,
        {{ money('sum(case when is_unmapped then amount else 0 end)') }} as unmapped_amount,
        {{ money('sum(case when is_unmapped then abs(amount) else 0 end)') }} as unmapped_size_amount,
        {{ money('sum(abs(amount))') }} as size_amount
    from marked
    group by submission_id, lea_id, fiscal_year
)

select * from final
