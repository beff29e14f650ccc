-- Each total of the survey, added up on its own way, is the sum of its published parts; and the totals are those of district_spending.
{{ config(meta={'catalogue_id': 'REC-f33_identity'}) }}
with

surveys as (select * from {{ rows_changed(ref('f33')) }}),

spending as (select * from {{ rows_changed(ref('district_spending')) }})

select surveys.lea_id, surveys.fiscal_year, surveys.identity_difference_amount
from surveys
inner join spending on surveys.lea_id = spending.lea_id and surveys.fiscal_year = spending.fiscal_year
where surveys.identity_difference_amount <> 0
    or surveys.totalexp is distinct from spending.total_expenditure_amount
    or surveys.tcurelsc is distinct from spending.current_expenditure_amount
    or surveys.totalrev is distinct from spending.total_revenue_amount
    or surveys.tfedrev is distinct from spending.federal_revenue_amount
