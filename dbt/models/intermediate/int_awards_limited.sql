-- One row a year and stream of money that ends: a project of the state's register with a last fiscal year.
with

years as (select distinct fiscal_year from {{ ref('int_lea_years_listed') }}),

projects as (select * from {{ ref('projects') }} where last_fiscal_year is not null),

final as (
    select
        years.fiscal_year,
        concat('project ', projects.code) as funding_stream,
        projects.last_fiscal_year = years.fiscal_year as is_last_year
    from years
    inner join projects on {{ is_in_force('projects', 'years.fiscal_year') }}
)

select * from final
