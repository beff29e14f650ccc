-- One row an LEA, year and exhibit item of which its own books tell no more than a code above those the item asks for: equipment on 730
-- where the item asks for 734 and 735, salaries on 110 where it asks for 111. Without a line of its own such an item is missing, not zero.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

amounts as (
    select distinct lea_id, fiscal_year, function_code, object_code, program_code, covid_award is not null as is_covid
    from {{ rows_to_build(ref('int_f33_accounts_summed')) }}
    where account_class = 'expenditure'
),

objects as (select object_code, parent_code from {{ ref('coa_object') }}),

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group = 'exhibit'),

allowed as (select * from {{ ref('int_f33_rules_expanded') }}),

-- The chart is three levels deep: a code, the one above, the one above that.
above as (
    select distinct taken.rule_id, ancestors.object_code
    from allowed as taken
    inner join objects as own on taken.dimension = 'object' and taken.code = own.object_code
    left join objects as parents on own.parent_code = parents.object_code
    inner join objects as ancestors on ancestors.object_code in (parents.object_code, parents.parent_code)
    left join allowed as also
        on also.dimension = 'object' and taken.rule_id = also.rule_id and ancestors.object_code = also.code
    where also.code is null
),

final as (
    select distinct amounts.lea_id, amounts.fiscal_year, rules.f33_item
    from amounts
    inner join above on amounts.object_code = above.object_code
    inner join rules on above.rule_id = rules.rule_id and (rules.fund_source <> 'covid_federal' or amounts.is_covid)
    inner join allowed as functions
        on functions.dimension = 'function' and rules.rule_id = functions.rule_id and amounts.function_code = functions.code
    inner join allowed as programs
        on programs.dimension = 'program' and rules.rule_id = programs.rule_id and amounts.program_code = programs.code
)

select * from final
