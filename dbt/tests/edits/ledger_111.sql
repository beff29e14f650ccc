-- Schools do not all show the same spending per pupil.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

schools as (select * from {{ ref('school_spending') }} where membership_count > 0 and site_per_pupil <> 0),

compared as (
    select
        books.submission_id, schools.lea_id, schools.fiscal_year,
        count(*) as school_count, min(schools.total_per_pupil) as per_pupil, sum(schools.total_amount) as amount
    from schools
    inner join books on schools.lea_id = books.lea_id and schools.fiscal_year = books.fiscal_year
    group by books.submission_id, schools.lea_id, schools.fiscal_year
    having count(*) >= {{ threshold('ledger_111', 'schools', 'schools.fiscal_year') }} and count(distinct round(schools.total_per_pupil, 2)) = 1
),

final as (select {{ finding("'total_per_pupil'", "'amount'", "concat(school_count, ' schools at ', cast(per_pupil as decimal(18, 2)))", "'more than one amount'", "amount") }} from compared)

select * from final
