-- One row an edit, parameter and fiscal year: the state's threshold, else the catalogue's.
{{ config(materialized='table') }}

with

years as (select fiscal_year from {{ ref('dim_fiscal_year') }}),

listed as (
    select edit_id, parameter, value, first_fiscal_year, last_fiscal_year, 1 as preference from {{ ref('thresholds') }}
    union all
    select edit_id, parameter, value, first_fiscal_year, last_fiscal_year, 2 as preference from {{ ref('edit_threshold') }}
),

ranked as (
    select
        listed.edit_id, listed.parameter, years.fiscal_year, cast(listed.value as decimal(18,4)) as value,
        row_number() over (
            partition by listed.edit_id, listed.parameter, years.fiscal_year order by listed.preference
        ) as choice
    from listed
    inner join years on {{ is_in_force('listed', 'years.fiscal_year') }}
)

select edit_id, parameter, fiscal_year, value
from ranked
where choice = 1
