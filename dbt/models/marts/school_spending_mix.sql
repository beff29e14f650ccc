-- One row a school, year and category: what the school's spending is made of. The categories add to its total_amount.
with

schools as (select * from {{ ref('school_spending') }} where spending_status = 'reported'),

site as (select * from {{ ref('int_school_spending_mixed') }}),

names as (
    select category, category_name from {{ ref('spending_mix_rule') }}
    union all
    select 'central_share', 'Share of central cost'
),

parts as (
    select lea_id, fiscal_year, school_id, category, amount from site
    union all
    select lea_id, fiscal_year, school_id, 'central_share' as category, central_federal_amount + central_state_local_amount as amount
    from schools
),

-- Every category of every school: a zero is a zero, and a school beside another shows the same rows.
final as (
    select
        schools.school_id, schools.lea_id, schools.fiscal_year,
        names.category,
        names.category_name,
        {{ money('coalesce(parts.amount, 0)') }} as amount,
        {{ ratio('coalesce(parts.amount, 0)', 'schools.membership_count') }} as per_pupil,
        {{ ratio('coalesce(parts.amount, 0)', 'schools.total_amount') }} as share_rate,
        schools.data_as_of
    from schools
    cross join names
    left join parts
        on schools.lea_id = parts.lea_id and schools.fiscal_year = parts.fiscal_year
        and schools.school_id = parts.school_id and names.category = parts.category
)

select * from final
