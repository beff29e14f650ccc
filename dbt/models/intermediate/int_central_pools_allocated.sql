-- One row a pool (LEA, year, federal or not, driver) and school that has some of the driver: the pool by the driver, cents by largest
-- remainder, ties by school_id. A pool of an LEA whose schools have none of it has one row without a school: it stays undistributed.
{{ config(materialized='table') }}

with

pools as (select * from {{ ref('int_central_pools_summed') }}),

schools as (select * from {{ ref('int_school_drivers_measured') }}),

shares as (
    select
        pools.lea_id, pools.fiscal_year, pools.is_federal, pools.driver, pools.amount,
        schools.school_id,
        cast({{ absolute_cents('pools.amount') }} as decimal(20,0)) as cents,
        schools.units,
        cast(sum(schools.units) over (
            partition by pools.lea_id, pools.fiscal_year, pools.is_federal, pools.driver
        ) as decimal(18,0)) as all_units
    from pools
    left join schools
        on pools.lea_id = schools.lea_id and pools.fiscal_year = schools.fiscal_year and pools.driver = schools.driver
),

-- Whole cents are exact: cents * units less what the division leaves over, divided without a rest.
parts as (
    select shares.*, mod(cents * units, all_units) as remainder
    from shares
),

floors as (
    select parts.*, cast(round((cents * units - remainder) / all_units, 0) as decimal(18,0)) as whole_cents
    from parts
),

ranked as (
    select
        floors.*,
        cents - sum(whole_cents) over (partition by lea_id, fiscal_year, is_federal, driver) as cents_left,
        row_number() over (
            partition by lea_id, fiscal_year, is_federal, driver
            order by remainder desc, school_id
        ) as turn
    from floors
),

final as (
    select
        lea_id, fiscal_year, is_federal, driver, school_id,
        case
            when school_id is null then amount
            else {{ amount_from_cents('whole_cents + case when turn <= cents_left then 1 else 0 end', 'amount') }}
        end as amount
    from ranked
)

select * from final
