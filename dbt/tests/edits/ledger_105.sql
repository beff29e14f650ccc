-- A school with spending has pupils.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

members as (select distinct lea_id, fiscal_year from {{ ref('int_membership_totaled') }} where school_id is not null),

compared as (
    select books.submission_id, schools.*
    from {{ ref('school_spending') }} as schools
    inner join books on schools.lea_id = books.lea_id and schools.fiscal_year = books.fiscal_year
    inner join members on schools.lea_id = members.lea_id and schools.fiscal_year = members.fiscal_year
    where coalesce(schools.membership_count, 0) = 0 and abs(schools.total_amount) > {{ threshold('ledger_105', 'dollars', 'schools.fiscal_year') }}
),

final as (select {{ finding("concat('school_id=', school_id)", "'school_id'", "coalesce(membership_count, 0)", "'at least 1 pupil'", "total_amount") }} from compared)

select * from final
