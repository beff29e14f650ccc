-- One row a submitted course section, of every slot the cut takes.
{{ config(materialized='view') }}

with

rows_submitted as (select * from {{ ref('stg_sections') }})

select
    submission_id, row_number, lea_id, fiscal_year, reporting_period, school_id, section_id, course_code, subject_code, grade_code,
    student_count, minutes_per_week, staff_id,
    data_as_of
from rows_submitted
