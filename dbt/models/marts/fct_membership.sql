-- One row a submitted count of pupils, of every slot the cut takes.
{{ config(materialized='view') }}

with

rows_submitted as (select * from {{ ref('stg_membership') }})

select
    submission_id, row_number, lea_id, fiscal_year, reporting_period, school_id, grade_code, student_group,
    fall_membership_count, adm, ada,
    data_as_of
from rows_submitted
