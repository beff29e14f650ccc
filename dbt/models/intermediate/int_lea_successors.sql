-- One row an LEA, year and LEA of the latest map: the share of that year's figures that belongs there today. Events are followed in
-- order of time. The clock counts half years: an event stands at twice its year, figures of a year just after its events.
{{ config(materialized='table') }}

with recursive

lea_years as (select lea_id, fiscal_year from {{ ref('district_spending') }}),

links as (select * from {{ ref('int_lea_links') }}),

ways as (
    select
        lea_id, fiscal_year, lea_id as unit_id, cast(1 as double) as weight, false as is_estimated,
        2 * fiscal_year + 1 as clock, 0 as steps
    from lea_years
    union all
    select
        ways.lea_id, ways.fiscal_year, links.to_lea_id as unit_id,
        ways.weight * links.weight as weight,
        ways.is_estimated or links.is_estimated as is_estimated,
        2 * links.effective_fiscal_year + case when links.goes_on then -1 else 1 end as clock,
        ways.steps + 1 as steps
    from ways
    inner join links
        on ways.unit_id = links.from_lea_id
        and ways.clock < 2 * links.effective_fiscal_year
        and (links.previous_fiscal_year is null or ways.clock > 2 * links.previous_fiscal_year)
    where ways.steps < 60
),

-- A way ends where no event leads on.
ends as (
    select ways.*
    from ways
    where not exists (
        select 1 from links
        where ways.unit_id = links.from_lea_id and ways.clock < 2 * links.effective_fiscal_year
    )
),

final as (
    select
        lea_id, fiscal_year, unit_id,
        sum(weight) as weight,
        bool_or(is_estimated) as is_estimated,
        count(*) over (partition by lea_id, fiscal_year) as unit_count
    from ends
    group by lea_id, fiscal_year, unit_id
)

select * from final
