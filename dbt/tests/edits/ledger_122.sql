-- A closed LEA has a successor in the table of LEA events, or a mark that it has none.
with

ends as (
    select lea_id, max(coalesce(last_fiscal_year, 9999)) as last_fiscal_year from {{ ref('leas') }} group by lea_id
),

compared as (
    select cast(null as varchar) as submission_id, ends.lea_id, ends.last_fiscal_year as fiscal_year
    from ends
    where ends.last_fiscal_year < (select max(fiscal_year) from {{ ref('stg_submission') }})
        and not exists (select 1 from {{ ref('lea_events') }} as events where events.from_lea_id = ends.lea_id)
),

final as (select {{ finding("concat('lea_id=', lea_id)", "'lea_id'", "'no event'", "'an event from this LEA'", "null") }} from compared)

select * from final
