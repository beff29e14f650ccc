-- One row a school, year, scenario and variant (formula: without floors; floored): what the formula gives, cents by largest remainder,
-- ties by school_id. Hold-harmless by water-filling: in the order of floor above fixed amount by weighted pupil, a school is at its floor while the others leave it less.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

variants as (
    select schools.*, 'formula' as variant, cast(null as decimal(18,0)) as least_cents
    from {{ rows_to_build(ref('int_formula_pools_measured')) }} as schools
    where is_complete
    union all
    select schools.*, 'floored', schools.floor_cents
    from {{ rows_to_build(ref('int_formula_pools_measured')) }} as schools
    where is_complete and floor_cents is not null and pool_cents is not null
),

keyed as (
    select
        variants.*,
        case
            when units > 0 then cast(least_cents - fixed_cents as double) / cast(units as double)
            when least_cents > fixed_cents then 1e30
            else -1e30
        end as floor_order
    from variants
),

ordered as (
    select
        keyed.*,
        sum(units) over lea as all_units,
        sum(fixed_cents) over lea as all_fixed_cents,
        sum(least_cents) over lea as all_least_cents,
        coalesce(sum(units) over before, 0) as units_before,
        coalesce(sum(fixed_cents) over before, 0) as fixed_before,
        coalesce(sum(least_cents) over before, 0) as least_before,
        row_number() over rising as place
    from keyed
    window
        lea as (partition by lea_id, fiscal_year, scenario, variant),
        rising as (partition by lea_id, fiscal_year, scenario, variant order by floor_order desc, school_id),
        before as (
            partition by lea_id, fiscal_year, scenario, variant order by floor_order desc, school_id
            rows between unbounded preceding and 1 preceding
        )
),

judged as (
    select
        ordered.*,
        least_cents is not null and cast(pool_cents - least_before - (all_fixed_cents - fixed_before) as decimal(20,0)) * units
        < cast(least_cents - fixed_cents as decimal(20,0)) * cast(all_units - units_before as decimal(18,0)) as is_below
    from ordered
),

bound as (
    select
        judged.*,
        bool_and(is_below) over (partition by lea_id, fiscal_year, scenario, variant order by place) as is_at_floor
    from judged
),

-- What the schools that are not at a floor share, and by which units; with a base every school has its own share of one.
sharing as (
    select
        bound.*,
        case
            when base_cents is not null then base_cents
            else pool_cents - sum(case when is_at_floor then least_cents else fixed_cents end) over lea
        end as share_cents,
        case when base_cents is not null then cast(1000000 as decimal(18,0)) else cast(sum(case when is_at_floor then 0 else units end) over lea as decimal(18,0)) end
            as share_units
    from bound
    window lea as (partition by lea_id, fiscal_year, scenario, variant)
),

parts as (
    select
        sharing.*,
        case
            when share_cents < 0 or (least_cents is not null and all_least_cents > pool_cents) then 'infeasible'
            -- Nobody is left whom the rest of the pool could go to.
            when share_units = 0 and share_cents <> 0 then 'infeasible'
            else 'reported'
        end as status,
        case when is_at_floor or share_units = 0 or share_cents < 0 then 0 else mod(cast(share_cents as decimal(20,0)) * units, share_units) end as remainder
    from sharing
),

whole as (
    select
        parts.*,
        case
            when is_at_floor then least_cents
            when share_units = 0 or share_cents < 0 then fixed_cents
            else fixed_cents + cast(round((cast(share_cents as decimal(20,0)) * units - remainder) / share_units, 0) as decimal(18,0))
        end as whole_cents
    from parts
),

counted as (
    select
        whole.*,
        case
            when base_cents is null then pool_cents - sum(whole_cents) over lea
            else round(sum(remainder) over lea / 1000000, 0)
        end as cents_left,
        row_number() over (partition by lea_id, fiscal_year, scenario, variant order by is_at_floor, remainder desc, school_id) as turn
    from whole
    window lea as (partition by lea_id, fiscal_year, scenario, variant)
),

final as (
    select
        lea_id, fiscal_year, school_id, scenario, variant, status, is_at_floor,
        case when status = 'reported' then cast((whole_cents + case when turn <= cents_left then 1 else 0 end) * cast(0.01 as decimal(3,2)) as decimal(18,2)) end as amount
    from counted
)

select * from final
