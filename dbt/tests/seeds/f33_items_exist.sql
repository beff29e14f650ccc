-- Every item a rule, a revenue source or an identity names is in the list of F-33 items.
with

named as (
    select f33_item, 'rule' as named_by from {{ ref('f33_crosswalk_rule') }} where rule_group <> 'guide'
    union all
    select default_f33_item, 'revenue source' from {{ ref('coa_revenue_source') }} where default_f33_item is not null
    union all
    select total_item, 'identity' from {{ ref('f33_identity') }}
    union all
    select replace(component.item, '-', ''), 'identity'
    from {{ ref('f33_identity') }} as identities
    {{ rows_of_list("replace(replace(identities.components, '+', '|'), '-', '|-')", 'component', 'item') }}
)

select named.*
from named
left join {{ ref('f33_item') }} as items on named.f33_item = items.f33_item
where items.f33_item is null
