-- One row a submitted staff assignment, of every slot the cut takes.
{{ config(materialized='view') }}

with

rows_submitted as (select * from {{ ref('stg_staff') }})

select
    submission_id, row_number, lea_id, fiscal_year, reporting_period, staff_id, school_id, assignment_category, assignment_fte,
    salary_amount, benefits_amount, experience_years, degree_code, is_certified, is_in_field, contract_days, race_code, gender_code,
    data_as_of
from rows_submitted
