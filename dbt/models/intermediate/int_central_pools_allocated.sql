-- One row a pool (LEA, year, federal or not) and school with pupils: the pool by fall membership, cents by largest remainder,
-- ties by school_id. A pool of an LEA without pupils in schools has one row without a school: it stays undistributed.
{{ config(materialized='table') }}

with

pools as (
    select *
    from {{ ref('int_school_spending_classified') }}
    where school_id is null and category is null
),

schools as (
    select *
    from {{ ref('int_membership_totaled') }}
    where school_id is not null and fall_membership_count > 0
),

shares as (
    select
        pools.lea_id, pools.fiscal_year, pools.is_federal, pools.amount,
        schools.school_id,
        cast({{ absolute_cents('pools.amount') }} as decimal(20,0)) as cents,
        cast(schools.fall_membership_count as decimal(9,0)) as pupils,
        cast(sum(schools.fall_membership_count) over (
            partition by pools.lea_id, pools.fiscal_year, pools.is_federal
        ) as decimal(9,0)) as all_pupils
    from pools
    left join schools on pools.lea_id = schools.lea_id and pools.fiscal_year = schools.fiscal_year
),

-- Whole cents are exact: cents * pupils less what the division leaves over, divided without a rest.
parts as (
    select shares.*, mod(cents * pupils, all_pupils) as remainder
    from shares
),

floors as (
    select parts.*, cast(round((cents * pupils - remainder) / all_pupils, 0) as decimal(18,0)) as whole_cents
    from parts
),

ranked as (
    select
        floors.*,
        cents - sum(whole_cents) over (partition by lea_id, fiscal_year, is_federal) as cents_left,
        row_number() over (
            partition by lea_id, fiscal_year, is_federal
            order by remainder desc, school_id
        ) as turn
    from floors
),

final as (
    select
        lea_id, fiscal_year, is_federal, school_id,
        case
            when school_id is null then amount
            else {{ amount_from_cents('whole_cents + case when turn <= cents_left then 1 else 0 end', 'amount') }}
        end as amount
    from ranked
)

select * from final
