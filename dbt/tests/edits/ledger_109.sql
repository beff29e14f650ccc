-- A school's spending per pupil is not far from the district's median for its level.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

schools as (
    select spending.*, directory.school_level
    from {{ ref('school_spending') }} as spending
    inner join {{ ref('schools') }} as directory
        on spending.lea_id = directory.lea_id
        and spending.school_id = directory.school_id
        and {{ is_in_force('directory', 'spending.fiscal_year') }}
    where spending.membership_count > 0
),

levels as (
    select lea_id, fiscal_year, school_level, quantile_cont(total_per_pupil, 0.5) as median
    from schools
    group by lea_id, fiscal_year, school_level
),

compared as (
    select schools.*, books.submission_id, levels.median
    from schools
    inner join levels
        on schools.lea_id = levels.lea_id
        and schools.fiscal_year = levels.fiscal_year
        and schools.school_level = levels.school_level
    inner join books on schools.lea_id = books.lea_id and schools.fiscal_year = books.fiscal_year
    where schools.total_per_pupil < levels.median * {{ threshold('ledger_109', 'low', 'schools.fiscal_year') }}
        or schools.total_per_pupil > levels.median * {{ threshold('ledger_109', 'high', 'schools.fiscal_year') }}
),

final as (select {{ finding("concat('school_id=', school_id)", "'amount'", "cast(total_per_pupil as decimal(18, 2))", "concat(" ~ limit('ledger_109', 'low', 'compared.fiscal_year') ~ ", ' to ', " ~ limit('ledger_109', 'high', 'compared.fiscal_year') ~ ", ' times the median ', cast(median as decimal(18, 2)))", "total_amount") }} from compared)

select * from final
