-- One row a year in which the state's crosswalk changes and a year of ledgers beside it: the last of the old chart, the first
-- of the new. `other_fiscal_year` is a year whose chart those ledgers were not written in.
with

crosswalk as (select * from {{ ref('xwalk_account') }}),

revisions as (
    select first_fiscal_year as fiscal_year from crosswalk where first_fiscal_year is not null
    union
    select last_fiscal_year + 1 from crosswalk where last_fiscal_year is not null
),

final as (
    select fiscal_year as revision_fiscal_year, fiscal_year - 1 as fiscal_year, fiscal_year as other_fiscal_year from revisions
    union all
    select fiscal_year, fiscal_year, fiscal_year - 1 from revisions
)

select * from final
