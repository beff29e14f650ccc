-- Every combination of national function, object, program and payee has one F-33 item at its first precedence, and none only
-- where the codes contradict each other (operating or capital objects in debt service, 810 and 820 in construction).
{{ config(meta={'catalogue_id': 'DOM-f33_one_item'}) }}
with

payees (payee_type) as (
    values ('public_system'), ('private'), ('charter'), ('state_government'), ('local_government'), ('none')
),

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group = 'exclusive'),

expanded as (
    select * from {{ ref('int_f33_rules_expanded') }} where rule_id in (select rule_id from rules)
),

-- Codes that the same rules allow need one look, not one each.
codes as (
    select 'function' as dimension, function_code as code from {{ ref('coa_function') }}
    union all
    select 'object', object_code from {{ ref('coa_object') }}
    union all
    select 'program', program_code from {{ ref('coa_program') }}
),

signatures as (
    select codes.dimension, codes.code, string_agg(allowed.rule_id, ' ' order by allowed.rule_id) as rule_ids
    from codes
    left join expanded as allowed
        on codes.dimension = allowed.dimension and codes.code = allowed.code
    group by codes.dimension, codes.code
),

examples as (select dimension, rule_ids, min(code) as code from signatures group by dimension, rule_ids),

combinations as (
    select functions.code as function_code, objects.code as object_code, programs.code as program_code
    from examples as functions
    inner join examples as objects on functions.dimension = 'function' and objects.dimension = 'object'
    inner join examples as programs on programs.dimension = 'program'
),

allowed as (
    select expanded.*
    from expanded
    inner join examples on expanded.dimension = examples.dimension and expanded.code = examples.code
),

matches as (
    select
        objects.code as object_code, functions.code as function_code, programs.code as program_code,
        payees.payee_type, rules.f33_item, rules.precedence
    from rules
    inner join allowed as objects on rules.rule_id = objects.rule_id and objects.dimension = 'object'
    inner join allowed as functions on rules.rule_id = functions.rule_id and functions.dimension = 'function'
    inner join allowed as programs on rules.rule_id = programs.rule_id and programs.dimension = 'program'
    inner join payees on rules.payee_types is null or concat('|', rules.payee_types, '|') like concat('%|', payees.payee_type, '|%')
),

best as (
    select matches.*, min(precedence) over (partition by object_code, function_code, program_code, payee_type) as first_precedence
    from matches
),

items as (
    select object_code, function_code, program_code, payee_type, count(distinct f33_item) as item_count
    from best
    where precedence = first_precedence
    group by object_code, function_code, program_code, payee_type
),

counted as (
    select
        combinations.*,
        coalesce(min(items.item_count), 0) as fewest_items,
        coalesce(max(items.item_count), 0) as most_items,
        count(items.payee_type) as payee_count
    from combinations
    left join items
        on combinations.function_code = items.function_code
        and combinations.object_code = items.object_code
        and combinations.program_code = items.program_code
    group by combinations.function_code, combinations.object_code, combinations.program_code
)

select *
from counted
where most_items > 1
    or (
        payee_count < 6
        and function_code <> '5000'
        and not (function_code between '4000' and '4999' and object_code in ('810', '820'))
    )
