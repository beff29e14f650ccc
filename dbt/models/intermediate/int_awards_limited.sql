-- One row a year and stream of money that ends: a project, or a restricted fund, whose last row in the state's register has a last
-- fiscal year. A row that another follows is a change of the register, not an end.
with

years as (select distinct fiscal_year from {{ ref('int_lea_years_listed') }}),

registered as (
    select 'project ' as kind, code, source_level is not null as has_stream, first_fiscal_year, last_fiscal_year from {{ ref('projects') }}
    union all
    select 'fund ', code, true, first_fiscal_year, last_fiscal_year from {{ ref('funds') }} where restriction = 'restricted'
),

ends as (
    select kind, code, max(coalesce(last_fiscal_year, 9999)) as last_fiscal_year
    from registered
    group by kind, code
    having max(coalesce(last_fiscal_year, 9999)) < 9999
),

final as (
    select distinct
        years.fiscal_year,
        concat(registered.kind, registered.code) as funding_stream,
        ends.last_fiscal_year = years.fiscal_year as is_last_year
    from years
    inner join registered on registered.has_stream and {{ is_in_force('registered', 'years.fiscal_year') }}
    inner join ends on registered.kind = ends.kind and registered.code = ends.code
)

select * from final
