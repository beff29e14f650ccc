-- One row an LEA, year and school: what its staff would cost more, or less, at the LEA's average salary of each position. Positive: the
-- school is charged more than its staff cost. Averages are of all staff of the position at the LEA's schools, by FTE, so that the
-- schools together gain and lose nothing.
with

staff as (
    select lea_id, fiscal_year, school_id, assignment_category, assignment_fte, salary_amount, data_as_of
    from {{ ref('int_staff_classified') }}
    where salary_amount is not null and assignment_fte > 0 and school_id is not null
),

averages as (
    select
        lea_id, fiscal_year, assignment_category, sum(salary_amount) as salary_amount, sum(assignment_fte) as assignment_fte,
        max(data_as_of) as data_as_of
    from staff
    group by lea_id, fiscal_year, assignment_category
),

positions as (
    select lea_id, fiscal_year, school_id, assignment_category, sum(salary_amount) as salary_amount, sum(assignment_fte) as assignment_fte
    from staff
    group by lea_id, fiscal_year, school_id, assignment_category
),

final as (
    select
        positions.lea_id, positions.fiscal_year, positions.school_id,
        sum(positions.assignment_fte) as staff_fte,
        sum(
            cast(positions.assignment_fte as double) * cast(averages.salary_amount as double) / cast(averages.assignment_fte as double)
            - cast(positions.salary_amount as double)
        ) as salary_adjustment,
        max(averages.data_as_of) as data_as_of
    from positions
    inner join averages
        on positions.lea_id = averages.lea_id and positions.fiscal_year = averages.fiscal_year
        and positions.assignment_category = averages.assignment_category
    group by positions.lea_id, positions.fiscal_year, positions.school_id
)

select * from final
