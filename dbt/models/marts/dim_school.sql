-- One row a school and period of unchanged attributes.
with

schools as (
    select *, concat_ws('-', lea_id, school_id, coalesce(first_fiscal_year, 0)) as school_key from {{ ref('schools') }}
),

lineage as (select * from {{ ref('int_school_lineage') }}),

final as (
    select
        schools.school_key,
        school_id,
        nces_school_id,
        school_name,
        lea_id,
        school_level,
        designation_code,
        is_title_i = 'Y' as is_title_i,
        lineage.lineage_id,
        first_fiscal_year as valid_from_fiscal_year,
        last_fiscal_year as valid_to_fiscal_year
    from schools
    inner join lineage on schools.school_key = lineage.school_key
)

select * from final
