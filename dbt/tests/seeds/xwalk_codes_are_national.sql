-- Every target of the crosswalk is a code of the national chart.
with

national as (
    select 'fund' as dimension, fund_code as code from {{ ref('coa_fund') }}
    union all
    select 'function', function_code from {{ ref('coa_function') }}
    union all
    select 'object', object_code from {{ ref('coa_object') }}
    union all
    select 'program', program_code from {{ ref('coa_program') }}
    union all
    select 'source', source_code from {{ ref('coa_revenue_source') }}
)

select crosswalk.dimension, crosswalk.code, crosswalk.nces_code
from {{ ref('xwalk_account') }} as crosswalk
left join national on crosswalk.dimension = national.dimension and crosswalk.nces_code = national.code
where national.code is null
