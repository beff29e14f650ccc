-- One row a fiscal year and F-33 item that the state's chart can tell apart: some code of each part of the account leads to it.
-- Of an item that is not here a ledger says nothing, not zero.
{{ config(materialized='table') }}

with

years as (select distinct fiscal_year from {{ ref('int_lea_years_listed') }}),

crosswalk as (
    select distinct years.fiscal_year, crosswalk.dimension, crosswalk.nces_code
    from years
    inner join {{ ref('xwalk_account') }} as crosswalk on {{ is_in_force('crosswalk', 'years.fiscal_year') }}
),

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group in ('exclusive', 'exhibit') and f33_item <> 'CE3'),

reached as (
    select distinct crosswalk.fiscal_year, allowed.rule_id, allowed.dimension
    from crosswalk
    inner join {{ ref('int_f33_rules_expanded') }} as allowed
        on crosswalk.dimension = allowed.dimension and crosswalk.nces_code = allowed.code
),

programs as (select * from {{ ref('f33_programs') }}),

awards as (
    select distinct years.fiscal_year, awards.*
    from years
    inner join programs on programs.covid_award is not null and {{ is_in_force('programs', 'years.fiscal_year') }}
    inner join {{ ref('covid_award') }} as awards on programs.covid_award = awards.award_code
),

levels as (
    select distinct years.fiscal_year
    from years
    inner join (
        select source_level, first_fiscal_year, last_fiscal_year from {{ ref('funds') }}
        union all
        select source_level, first_fiscal_year, last_fiscal_year from {{ ref('projects') }}
    ) as streams on streams.source_level = 'federal' and {{ is_in_force('streams', 'years.fiscal_year') }}
),

by_rule as (
    select reached.fiscal_year, rules.f33_item, rules.fund_source
    from reached
    inner join rules on reached.rule_id = rules.rule_id
    group by reached.fiscal_year, rules.rule_id, rules.f33_item, rules.fund_source
    having count(*) = 3
),

spent as (
    select by_rule.fiscal_year, by_rule.f33_item
    from by_rule
    left join levels on by_rule.fiscal_year = levels.fiscal_year
    where by_rule.fund_source = 'any'
        or (by_rule.fund_source <> 'covid_federal' and levels.fiscal_year is not null)
        or by_rule.fiscal_year in (select fiscal_year from awards)
    union
    select awards.fiscal_year, concat(by_rule.f33_item, awards.expenditure_suffix)
    from awards
    inner join by_rule on awards.fiscal_year = by_rule.fiscal_year and by_rule.fund_source = 'covid_federal'
    where awards.expenditure_suffix is not null
    union
    select fiscal_year, revenue_item from awards
    union
    select fiscal_year, '_31F' from crosswalk where dimension = 'object' and nces_code = '831'
),

received as (
    select crosswalk.fiscal_year, sources.default_f33_item as f33_item
    from crosswalk
    inner join {{ ref('coa_revenue_source') }} as sources on crosswalk.nces_code = sources.source_code
    where crosswalk.dimension = 'source' and sources.default_f33_item is not null
    union
    select years.fiscal_year, programs.f33_item
    from years
    inner join programs on programs.f33_item is not null and {{ is_in_force('programs', 'years.fiscal_year') }}
),

final as (
    select fiscal_year, f33_item from spent
    union
    select fiscal_year, f33_item from received
    union
    select received.fiscal_year, items.earlier_item
    from received
    inner join {{ ref('f33_item') }} as items on received.f33_item = items.f33_item and items.first_fiscal_year > received.fiscal_year
    union
    select years.fiscal_year, items.f33_item
    from years
    cross join {{ ref('f33_item') }} as items
    where items.item_group in ('summary', 'membership')
)

select * from final
