-- One row a year and stream of money that ends, in the years in which the state's register has it in force.
with

years as (select distinct fiscal_year from {{ ref('int_lea_years_listed') }}),

ends as (select * from {{ ref('int_awards_ending') }}),

registered as (
    select concat('project ', code) as funding_stream, first_fiscal_year, last_fiscal_year from {{ ref('projects') }}
    union all
    select concat('fund ', code), first_fiscal_year, last_fiscal_year from {{ ref('funds') }}
),

final as (
    select distinct
        years.fiscal_year,
        ends.funding_stream,
        ends.last_fiscal_year = years.fiscal_year as is_last_year
    from ends
    inner join registered on ends.funding_stream = registered.funding_stream
    inner join years on {{ is_in_force('registered', 'years.fiscal_year') }}
)

select * from final
