-- A new LEA has an origin in the table of LEA events.
with

starts as (
    select lea_id, min(coalesce(first_fiscal_year, 0)) as first_fiscal_year from {{ ref('leas') }} group by lea_id
),

compared as (
    select cast(null as varchar) as submission_id, starts.lea_id, starts.first_fiscal_year as fiscal_year
    from starts
    where starts.first_fiscal_year > (select min(fiscal_year) from {{ ref('stg_submission') }})
        and not exists (select 1 from {{ ref('lea_events') }} as events where events.to_lea_id = starts.lea_id)
),

final as (select {{ finding("concat('lea_id=', lea_id)", "'lea_id'", "'no event'", "'an event to this LEA'", "null") }} from compared)

select * from final
