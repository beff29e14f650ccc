-- One row a ledger submission the cut takes: money whose account has no national code, and all money, both without sign too.
with

lines as (select * from {{ ref('fct_ledger_mapped') }}),

marked as (
    select
        submission_id, amount,
        '{{ var("unmapped") }}' in (
            coalesce(fund_code, ''), coalesce(function_code, ''), coalesce(object_code, ''),
            coalesce(program_code, ''), coalesce(source_code, '')
        ) as is_unmapped
    from lines
),

final as (
    select
        submission_id,
        {{ money('sum(case when is_unmapped then amount else 0 end)') }} as unmapped_amount,
        {{ money('sum(case when is_unmapped then abs(amount) else 0 end)') }} as unmapped_size_amount,
        {{ money('sum(abs(amount))') }} as size_amount
    from marked
    group by submission_id
)

select * from final
