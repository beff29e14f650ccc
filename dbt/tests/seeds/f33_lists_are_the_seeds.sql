-- The columns of f33 are the items of f33_item, and its identities those of f33_identity: macros cannot read a seed.
with

listed as (
    {% for item in f33_items() -%}
    select 'item' as kind, '{{ item }}' as name, cast(null as varchar) as components
    union all
    {% endfor -%}
    {% for total, parts in f33_identities().items() -%}
    select 'identity', '{{ total }}', '{{ parts | join("+") | replace("+-", "-") }}'{{ ' union all' if not loop.last }}
    {% endfor %}
),

seeded as (
    select 'item' as kind, f33_item as name, cast(null as varchar) as components
    from {{ ref('f33_item') }}
    where item_group <> 'outside_f33'
    union all
    select 'identity', total_item, components from {{ ref('f33_identity') }}
)

select coalesce(listed.kind, seeded.kind) as kind, coalesce(listed.name, seeded.name) as name
from listed
full join seeded
    on listed.kind = seeded.kind and listed.name = seeded.name and listed.components is not distinct from seeded.components
where listed.name is null or seeded.name is null
