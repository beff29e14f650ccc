-- One row an LEA, year and F-33 item some money or pupil adds to: parts, exhibits and, each on its own way, the survey's totals.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

amounts as (select * from {{ rows_to_build(ref('int_f33_accounts_summed')) }}),

exhibits as (select * from {{ ref('int_f33_exhibits_assigned') }}),

items as (select * from {{ ref('f33_item') }}),

awards as (select * from {{ ref('covid_award') }}),

membership as (select * from {{ rows_to_build(ref('int_membership_totaled')) }}),

of_exhibits as (
    select amounts.lea_id, amounts.fiscal_year, amounts.covid_award, exhibits.f33_item, exhibits.fund_source, amounts.amount
    from amounts
    inner join exhibits
        on amounts.function_code = exhibits.nces_function_code
        and amounts.object_code = exhibits.nces_object_code
        and amounts.program_code = exhibits.nces_program_code
    where amounts.account_class = 'expenditure'
        and case exhibits.fund_source
            when 'any' then true
            when 'state|local|federal_replacing_local_tax' then not amounts.is_federal and not amounts.is_private
            when 'federal_other' then amounts.is_federal and not amounts.is_private
            when 'covid_federal' then amounts.covid_award is not null
        end
),

parts as (
    select lea_id, fiscal_year, f33_item, amount from amounts where f33_item <> '{{ var("unmapped") }}'
    union all
    -- What the regional agency spends for an LEA stands in no ledger of the LEA: CE3 is not its own spending.
    select lea_id, fiscal_year, f33_item, amount from of_exhibits where f33_item <> 'CE3'
    union all
    select of_exhibits.lea_id, of_exhibits.fiscal_year, concat(of_exhibits.f33_item, awards.expenditure_suffix), of_exhibits.amount
    from of_exhibits
    inner join awards on of_exhibits.covid_award = awards.award_code
    inner join items on concat(of_exhibits.f33_item, awards.expenditure_suffix) = items.f33_item
    where awards.expenditure_suffix is not null
    union all
    select amounts.lea_id, amounts.fiscal_year, awards.revenue_item, amounts.amount
    from amounts
    inner join awards on amounts.covid_award = awards.award_code
    where amounts.f33_total_item = 'TFEDREV'
    union all
    select lea_id, fiscal_year, '_31F', amount from amounts where f33_item = 'principal'
    union all
    -- Totals of spending follow the group an item is in, totals of revenue the level of its source: not the sums of the identities.
    select amounts.lea_id, amounts.fiscal_year, items.total_item, amounts.amount
    from amounts
    inner join items on amounts.f33_item = items.f33_item
    where amounts.account_class = 'expenditure' and items.total_item <> 'TOTALEXP'
    union all
    select amounts.lea_id, amounts.fiscal_year, 'TCURELSC', amounts.amount
    from amounts
    inner join items on amounts.f33_item = items.f33_item
    where amounts.account_class = 'expenditure' and items.item_group = 'current'
    union all
    select amounts.lea_id, amounts.fiscal_year, 'TOTALEXP', amounts.amount
    from amounts
    inner join items on amounts.f33_item = items.f33_item
    where amounts.account_class = 'expenditure' and items.item_group <> 'outside_f33'
    union all
    select lea_id, fiscal_year, f33_total_item, amount from amounts where f33_total_item is not null
    union all
    select lea_id, fiscal_year, 'TOTALREV', amount from amounts where f33_total_item is not null
    union all
    select lea_id, fiscal_year, 'V33', cast(fall_membership_count as decimal(18,2))
    from membership
    where school_id is null and fall_membership_count is not null
    union all
    -- With one school's count missing the sum of all is missing.
    select lea_id, fiscal_year, 'MEMBERSCH', cast(sum(fall_membership_count) as decimal(18,2))
    from membership
    where school_id is not null and has_fall_row
    group by lea_id, fiscal_year
    having count(*) = count(fall_membership_count)
),

final as (
    select lea_id, fiscal_year, f33_item, {{ money('sum(amount)') }} as amount
    from parts
    group by lea_id, fiscal_year, f33_item
)

select * from final
