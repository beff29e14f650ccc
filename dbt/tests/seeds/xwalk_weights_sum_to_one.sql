-- The crosswalk rows of one code (and condition) give away the whole line, in every year in which any of them is in force.
{{ config(meta={'catalogue_id': 'REF-weights_sum'}) }}
with

crosswalk as (select * from {{ ref('xwalk_account') }}),

turning_years as (
    select coalesce(first_fiscal_year, 0) as fiscal_year from crosswalk
    union
    select last_fiscal_year + 1 from crosswalk where last_fiscal_year is not null
    union
    select last_fiscal_year from crosswalk where last_fiscal_year is not null
)

select
    crosswalk.dimension, crosswalk.code, crosswalk.code_to,
    crosswalk.when_dimension, crosswalk.when_code, crosswalk.when_code_to,
    turning_years.fiscal_year,
    sum(crosswalk.weight) as weight
from crosswalk
inner join turning_years on {{ is_in_force('crosswalk', 'turning_years.fiscal_year') }}
group by 1, 2, 3, 4, 5, 6, 7
having sum(crosswalk.weight) <> 1
