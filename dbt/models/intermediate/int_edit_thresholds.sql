-- One row an edit, tolerance and fiscal year: the state's value where it has one, else the project's default.
{{ config(materialized='table') }}

with

years as (select distinct fiscal_year from {{ ref('stg_submission') }}),

defaults as (select * from {{ ref('edit_threshold') }}),

own as (select * from {{ ref('thresholds') }}),

final as (
    select
        defaults.edit_id, defaults.threshold, years.fiscal_year,
        coalesce(cast(own.value as double), cast(defaults.value as double)) as value
    from defaults
    inner join years on {{ is_in_force('defaults', 'years.fiscal_year') }}
    left join own
        on defaults.edit_id = own.edit_id
        and defaults.threshold = own.parameter
        and {{ is_in_force('own', 'years.fiscal_year') }}
)

select * from final
