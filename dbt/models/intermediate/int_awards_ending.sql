-- One row a stream of money that ends, with its last fiscal year: a project that says whose money it is, or a restricted fund, whose last
-- row in the state's register has one. A row that another follows is a change of the register, not an end. Without any row the state
-- tells no ends, and one-time money is not zero but not told.
with

registered as (
    select concat('project ', code) as funding_stream, last_fiscal_year from {{ ref('projects') }} where source_level is not null
    union all
    select concat('fund ', code), last_fiscal_year from {{ ref('funds') }} where restriction = 'restricted'
),

final as (
    select funding_stream, max(coalesce(last_fiscal_year, 9999)) as last_fiscal_year
    from registered
    group by funding_stream
    having max(coalesce(last_fiscal_year, 9999)) < 9999
)

select * from final
