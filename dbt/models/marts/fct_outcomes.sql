-- One row a submitted outcome, of every slot the cut takes.
{{ config(materialized='view') }}

with

rows_submitted as (select * from {{ ref('stg_outcomes') }})

select
    submission_id, row_number, lea_id, fiscal_year, reporting_period, school_id, measure, subject, grade_band, student_group, assessment_id,
    numerator, denominator, value, value_low, value_high, value_status, scale_break,
    data_as_of
from rows_submitted
