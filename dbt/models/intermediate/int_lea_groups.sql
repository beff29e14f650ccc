-- One row an LEA: the group of LEAs that events of the years of the marts tie together, named by its smallest LEA id.
{{ config(materialized='table') }}

with recursive

leas as (select distinct lea_id from {{ ref('district_spending') }}),

links as (
    select from_lea_id as one, to_lea_id as other from {{ ref('int_lea_links') }}
    union
    select to_lea_id as one, from_lea_id as other from {{ ref('int_lea_links') }}
),

-- A union without "all" ends by itself: a pair is found once.
reached as (
    select lea_id, lea_id as member_lea_id from leas
    union
    select reached.lea_id, links.other as member_lea_id
    from reached
    inner join links on reached.member_lea_id = links.one
),

final as (
    select
        lea_id,
        min(member_lea_id) as group_id,
        string_agg(member_lea_id, ', ' order by member_lea_id) as member_lea_ids
    from reached
    group by lea_id
)

select * from final
