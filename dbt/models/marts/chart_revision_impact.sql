-- One row a revision of the chart, year of ledgers beside it, account class, dimension and national code: the same money by both charts.
-- Cents by largest remainder, ties by code, so that both columns add to the ledgers.
with

revisions as (select * from {{ ref('int_chart_revisions') }}),

accounts as (
    select listed.*, revisions.other_fiscal_year as chart_fiscal_year
    from {{ ref('int_accounts_listed') }} as listed
    inner join (select distinct fiscal_year, other_fiscal_year from revisions) as revisions
        on listed.fiscal_year = revisions.fiscal_year
),

{{ codes_mapped() }},

own_codes as (select * from {{ ref('int_account_codes_mapped') }}),

amounts as (
    select listed.account_key, summed.account_class, summed.fiscal_year, summed.lea_id, summed.amount
    from {{ ref('int_state_accounts_summed') }} as summed
    inner join {{ ref('int_accounts_listed') }} as listed on {{ same_account('summed', 'listed') }}
),

by_chart as (
    select
        revisions.revision_fiscal_year, amounts.fiscal_year, amounts.account_class, own_codes.dimension, own_codes.nces_code,
        amounts.fiscal_year < revisions.revision_fiscal_year as is_old_chart,
        amounts.lea_id, cast(amounts.amount as decimal(20,2)) * own_codes.weight as exact_amount
    from amounts
    inner join revisions on amounts.fiscal_year = revisions.fiscal_year
    inner join own_codes on amounts.account_key = own_codes.account_key
    union all
    select
        revisions.revision_fiscal_year, amounts.fiscal_year, amounts.account_class, codes_mapped.dimension, codes_mapped.nces_code,
        amounts.fiscal_year >= revisions.revision_fiscal_year,
        amounts.lea_id, cast(amounts.amount as decimal(20,2)) * codes_mapped.weight
    from amounts
    inner join revisions on amounts.fiscal_year = revisions.fiscal_year
    inner join codes_mapped
        on amounts.account_key = codes_mapped.account_key and revisions.other_fiscal_year = codes_mapped.chart_fiscal_year
),

summed as (
    select
        revision_fiscal_year, fiscal_year, account_class, dimension, coalesce(nces_code, '') as nces_code, is_old_chart,
        100 * sum(exact_amount) as exact_cents
    from by_chart
    group by all
),

floors as (
    select *, cast(floor(exact_cents) as decimal(20,0)) as whole_cents, exact_cents - floor(exact_cents) as remainder from summed
),

ranked as (
    select
        *,
        round(sum(exact_cents) over chart) - sum(whole_cents) over chart as cents_left,
        row_number() over (chart order by remainder desc, nces_code) as turn
    from floors
    window chart as (partition by revision_fiscal_year, fiscal_year, account_class, dimension, is_old_chart)
),

cents as (
    select *, whole_cents + case when turn <= cents_left then 1 else 0 end as cents from ranked
),

leas as (
    select revision_fiscal_year, fiscal_year, account_class, dimension, coalesce(nces_code, '') as nces_code, count(distinct lea_id) as lea_count
    from by_chart
    group by all
),

paired as (
    select
        revision_fiscal_year, fiscal_year, account_class, dimension, nces_code,
        coalesce(sum(cents) filter (where is_old_chart), 0) as old_cents,
        coalesce(sum(cents) filter (where not is_old_chart), 0) as new_cents
    from cents
    group by all
),

final as (
    select
        paired.revision_fiscal_year, paired.fiscal_year, paired.account_class, paired.dimension,
        nullif(paired.nces_code, '') as nces_code,
        cast(leas.lea_count as integer) as lea_count,
        {{ money('paired.old_cents * cast(0.01 as decimal(3,2))') }} as old_chart_amount,
        {{ money('paired.new_cents * cast(0.01 as decimal(3,2))') }} as new_chart_amount,
        {{ money('(paired.new_cents - paired.old_cents) * cast(0.01 as decimal(3,2))') }} as difference_amount
    from paired
    inner join leas using (revision_fiscal_year, fiscal_year, account_class, dimension, nces_code)
)

select * from final
