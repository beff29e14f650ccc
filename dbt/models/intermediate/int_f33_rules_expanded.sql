-- One row a rule, dimension and NCES code the rule allows: the lists and ranges of f33_crosswalk_rule written out.
{{ config(materialized='table') }}

with

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group in ('exclusive', 'exhibit')),

codes as (
    select 'function' as dimension, function_code as code from {{ ref('coa_function') }}
    union all
    select 'object', object_code from {{ ref('coa_object') }}
    union all
    select 'program', program_code from {{ ref('coa_program') }}
),

lists as (
    select rule_id, 'function' as dimension, functions as codes, false as is_exclusion from rules
    union all
    select rule_id, 'object', objects_include, false from rules
    union all
    select rule_id, 'object', objects_exclude, true from rules where objects_exclude is not null
    union all
    select rule_id, 'program', programs, false from rules
),

parts as (
    select
        lists.rule_id, lists.dimension, lists.is_exclusion,
        item.part,
        split_part(item.part, '-', 1) as code_from,
        coalesce(nullif(split_part(item.part, '-', 2), ''), split_part(item.part, '-', 1)) as code_to
    from lists
    {{ rows_of_list('lists.codes', 'item', 'part') }}
),

matches as (
    select parts.rule_id, parts.dimension, codes.code, parts.is_exclusion
    from parts
    inner join codes
        on parts.dimension = codes.dimension
        and (parts.part = 'any' or codes.code between parts.code_from and parts.code_to)
),

final as (
    select rule_id, dimension, code
    from matches
    group by rule_id, dimension, code
    having not bool_or(is_exclusion)
)

select * from final
