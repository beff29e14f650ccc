-- One row a row of the directory of schools: the id under which the school can be followed through the years. It is the LEA and id
-- the school had first; events that leave a school the same school lead back to it. A merger or division makes another school.
{{ config(materialized='table') }}

with recursive

schools as (
    select
        concat_ws('-', lea_id, school_id, coalesce(first_fiscal_year, 0)) as school_key,
        lea_id, school_id, coalesce(last_fiscal_year, 9999) as last_fiscal_year
    from {{ ref('schools') }}
),

school_events as (select * from {{ ref('school_events') }}),

-- An LEA that only gets another id takes its schools with it, where the directory has them under the same ids.
recoded_leas as (
    select distinct
        lea_events.effective_fiscal_year, lea_events.from_lea_id, schools.school_id as from_school_id, lea_events.to_lea_id,
        schools.school_id as to_school_id
    from {{ ref('lea_events') }} as lea_events
    inner join schools on lea_events.to_lea_id = schools.lea_id
    where lea_events.event_type = 'recode'
        and exists (
            select 1 from schools as former
            where former.lea_id = lea_events.from_lea_id and former.school_id = schools.school_id
        )
),

links as (
    select effective_fiscal_year, from_lea_id, from_school_id, to_lea_id, to_school_id
    from school_events
    where event_type in ('recode', 'transfer', 'charter_conversion')
    union
    select * from recoded_leas
),

-- An id that opens anew is another school's, though an earlier one had it.
opened as (
    select to_lea_id as lea_id, to_school_id as school_id, effective_fiscal_year
    from school_events
    where event_type = 'open'
),

walked as (
    select school_key, lea_id, school_id, last_fiscal_year as fiscal_year, 0 as steps from schools
    union all
    select
        walked.school_key, links.from_lea_id as lea_id, links.from_school_id as school_id,
        links.effective_fiscal_year - 1 as fiscal_year, walked.steps + 1 as steps
    from walked
    inner join links
        on walked.lea_id = links.to_lea_id and walked.school_id = links.to_school_id
        and links.effective_fiscal_year <= walked.fiscal_year
    -- Only the last that happened to the id leads back.
    where not exists (
        select 1 from links as later
        where later.to_lea_id = links.to_lea_id and later.to_school_id = links.to_school_id
            and later.effective_fiscal_year > links.effective_fiscal_year
            and later.effective_fiscal_year <= walked.fiscal_year
    )
    and not exists (
        select 1 from opened
        where opened.lea_id = walked.lea_id and opened.school_id = walked.school_id
            and opened.effective_fiscal_year > links.effective_fiscal_year
            and opened.effective_fiscal_year <= walked.fiscal_year
    )
),

first_known as (
    select
        school_key,
        arg_max(lea_id, steps) as lea_id,
        arg_max(school_id, steps) as school_id,
        arg_max(fiscal_year, steps) as fiscal_year
    from walked
    group by school_key
),

final as (
    select
        first_known.school_key,
        concat_ws('-', first_known.lea_id, first_known.school_id, max(opened.effective_fiscal_year)) as lineage_id
    from first_known
    left join opened
        on first_known.lea_id = opened.lea_id and first_known.school_id = opened.school_id
        and opened.effective_fiscal_year <= first_known.fiscal_year
    group by first_known.school_key, first_known.lea_id, first_known.school_id
)

select * from final
