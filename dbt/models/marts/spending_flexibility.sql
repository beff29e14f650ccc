-- One row an LEA and year (empty school) and one a school and year: how free the operating money spent there is, and of the LEA how
-- much is spent at schools.
with

spending as (select * from {{ ref('int_school_streams_summed') }}),

lea_years as (select * from {{ ref('int_lea_years_listed') }} where spending_status = 'reported'),

units as (
    select lea_id, fiscal_year, school_id, restriction, amount, true as is_at_school from spending where school_id is not null
    union all
    select lea_id, fiscal_year, cast(null as varchar) as school_id, restriction, amount, school_id is not null as is_at_school from spending
),

summed as (
    select
        lea_id, fiscal_year, school_id,
        sum(amount) as operating_amount,
        sum(case when restriction = 'restricted' then amount else 0 end) as restricted_amount,
        sum(case when restriction = 'committed' then amount else 0 end) as committed_amount,
        sum(case when restriction = 'unrestricted' then amount else 0 end) as unrestricted_amount,
        sum(case when is_at_school then amount else 0 end) as site_amount
    from units
    group by lea_id, fiscal_year, school_id
)

select
    summed.lea_id, summed.fiscal_year, summed.school_id,
    {{ money('summed.operating_amount') }} as operating_amount,
    {{ money('summed.restricted_amount') }} as restricted_amount,
    {{ money('summed.committed_amount') }} as committed_amount,
    {{ money('summed.unrestricted_amount') }} as unrestricted_amount,
    {{ money('summed.operating_amount - summed.restricted_amount - summed.committed_amount - summed.unrestricted_amount') }} as untold_amount,
    {{ ratio('summed.restricted_amount', 'summed.operating_amount') }} as restricted_share_rate,
    {{ ratio('summed.unrestricted_amount', 'summed.operating_amount') }} as unrestricted_share_rate,
    case when summed.school_id is null then {{ ratio('summed.site_amount', 'summed.operating_amount') }} end as site_share_rate,
    lea_years.data_as_of
from summed
inner join lea_years on summed.lea_id = lea_years.lea_id and summed.fiscal_year = lea_years.fiscal_year
