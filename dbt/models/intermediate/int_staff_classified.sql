-- One row a staff assignment of the chosen slot, with its role, and whether a teacher is a novice under the state's policy.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

assignments as (select * from {{ rows_to_build(ref('stg_staff')) }}),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'staff'),

categories as (select * from {{ ref('ccd_staff_category') }}),

policies as (select * from {{ ref('policy') }} where policy_key = 'novice_experience_years'),

final as (
    select
        assignments.lea_id, assignments.fiscal_year, assignments.school_id, assignments.staff_id,
        assignments.assignment_category, categories.role_group,
        assignments.assignment_fte, assignments.salary_amount, assignments.experience_years,
        assignments.experience_years < cast(policies.value as decimal(5,1)) as is_novice,
        assignments.data_as_of
    from assignments
    inner join chosen on assignments.submission_id = chosen.submission_id
    left join categories on assignments.assignment_category = categories.code
    left join policies on {{ is_in_force('policies', 'assignments.fiscal_year') }}
)

select * from final
