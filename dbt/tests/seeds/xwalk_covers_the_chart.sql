-- Every code of the state's chart (both ends of a range) has a place in the crosswalk or may stay unmapped.
{{ config(severity='warn', meta={'catalogue_id': 'REF-crosswalk_cover'}) }}
with

chart as (
    select dimension, code, first_fiscal_year, last_fiscal_year from {{ ref('account_codes') }} where dimension <> 'balance'
    union all
    select dimension, code_to, first_fiscal_year, last_fiscal_year from {{ ref('account_codes') }}
    where dimension <> 'balance' and code_to is not null
    union all
    select 'fund', code, first_fiscal_year, last_fiscal_year from {{ ref('funds') }}
),

places as (
    select dimension, code, code_to from {{ ref('xwalk_account') }}
    union all
    select dimension, code, code_to from {{ ref('unmapped_allowed') }}
)

select chart.*
from chart
left join places on chart.dimension = places.dimension and {{ code_matches('chart.code', 'places.code', 'places.code_to') }}
where places.dimension is null
