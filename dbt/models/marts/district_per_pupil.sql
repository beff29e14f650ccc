-- One row an LEA, year, amount type, numerator and denominator of the same population: a pair that does not match has no row.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lea_years as (select * from {{ rows_to_build(ref('int_lea_years_listed')) }}),

leas as (select * from {{ ref('leas') }}),

amounts as (select * from {{ rows_to_build(ref('int_numerators_summed')) }}),

counts as (select * from {{ rows_to_build(ref('int_denominators_counted')) }}),

membership as (select * from {{ rows_to_build(ref('int_membership_totaled')) }} where school_id is null),

pairs as (
    select numerators.numerator_def_id, denominators.denominator_def_id
    from {{ ref('per_pupil_numerator') }} as numerators
    inner join {{ ref('per_pupil_denominator') }} as denominators on numerators.population = denominators.population
),

divided as (
    select
        lea_years.lea_id, lea_years.nces_lea_id, lea_years.lea_name, leas.lea_type_code, lea_years.fiscal_year,
        amounts.amount_type, pairs.numerator_def_id, pairs.denominator_def_id,
        amounts.amount as numerator_amount,
        amounts.recurring_amount as recurring_numerator_amount,
        counts.pupil_count as denominator_count,
        {{ ratio('amounts.amount', 'counts.pupil_count') }} as per_pupil,
        {{ ratio('amounts.recurring_amount', 'counts.pupil_count') }} as recurring_per_pupil,
        greatest(amounts.data_as_of, membership.data_as_of) as data_as_of
    from lea_years
    inner join amounts on lea_years.lea_id = amounts.lea_id and lea_years.fiscal_year = amounts.fiscal_year
    inner join pairs on amounts.numerator_def_id = pairs.numerator_def_id
    left join counts
        on lea_years.lea_id = counts.lea_id and lea_years.fiscal_year = counts.fiscal_year
        and pairs.denominator_def_id = counts.denominator_def_id
    left join membership on lea_years.lea_id = membership.lea_id and lea_years.fiscal_year = membership.fiscal_year
    left join leas on lea_years.lea_id = leas.lea_id and {{ is_in_force('leas', 'lea_years.fiscal_year') }}
),

-- Weighted pupils are no heads: a figure by them is not another view of the same pupils.
final as (
    select
        divided.*,
        max(case when denominator_def_id <> 'weighted' then per_pupil end) over pair
        / nullif(min(case when denominator_def_id <> 'weighted' then per_pupil end) over pair, 0) - 1 as spread_rate
    from divided
    window pair as (partition by lea_id, fiscal_year, amount_type, numerator_def_id)
)

select
    lea_id, nces_lea_id, lea_name, lea_type_code, fiscal_year, amount_type, numerator_def_id, denominator_def_id,
    'nominal' as price_basis,
    {{ money('numerator_amount') }} as numerator_amount,
    {{ money('recurring_numerator_amount') }} as recurring_numerator_amount,
    cast(denominator_count as decimal(18,6)) as denominator_count,
    per_pupil,
    recurring_per_pupil,
    case
        when numerator_amount is null then 'missing_numerator'
        when denominator_count is null then 'missing_denominator'
        when denominator_count = 0 then 'not_applicable'
        else 'reported'
    end as per_pupil_status,
    spread_rate,
    spread_rate > 0.05 as is_spread_wide,
    cast(extract(year from data_as_of) as integer) as publication_year,
    data_as_of
from final
