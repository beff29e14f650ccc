-- One row an LEA and period of unchanged attributes.
with

leas as (select * from {{ ref('leas') }}),

final as (
    select
        concat_ws('-', lea_id, coalesce(first_fiscal_year, 0)) as lea_key,
        lea_id,
        nces_lea_id,
        lea_name,
        lea_type_code,
        is_charter = 'Y' as is_charter,
        locale_code,
        region_name,
        coalesce(lineage_id, lea_id) as lineage_id,
        first_fiscal_year as valid_from_fiscal_year,
        last_fiscal_year as valid_to_fiscal_year
    from leas
)

select * from final
