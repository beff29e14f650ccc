-- One row a unit and year with peers: the median of their spending per pupil and its margin, from the standard errors of their wage
-- indexes; and, for each reading of spending, on which side of its peers' median the unit stands.
{{ config(materialized='table') }}

with

peers as (select * from {{ ref('int_peers_chosen') }}),

spending as (select * from {{ ref('int_spending_compared') }}),

varied as (select * from {{ ref('int_spending_varied') }} where spending_per_pupil is not null),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

medians as (
    select
        peers.lea_id, peers.school_id, peers.fiscal_year,
        cast(count(*) as integer) as peer_count,
        median(peers.distance) as peer_distance,
        median(spending.spending_per_pupil) as peer_spending_per_pupil,
        -- Decimals, so that no order of peers changes the sum; unknown where one of them is.
        case when count(*) = count(spending.spending_per_pupil_se)
            then cast(sum(cast(spending.spending_per_pupil_se * spending.spending_per_pupil_se as decimal(38,8))) as double) / count(*)
        end as mean_variance,
        max(spending.data_as_of) as data_as_of
    from peers
    inner join spending
        on peers.peer_lea_id = spending.lea_id and peers.peer_school_id is not distinct from spending.school_id
        and peers.fiscal_year = spending.fiscal_year
    group by peers.lea_id, peers.school_id, peers.fiscal_year
),

varied_medians as (
    select
        peers.lea_id, peers.school_id, peers.fiscal_year, varied.basis_id,
        count(*) as peer_count, median(varied.spending_per_pupil) as spending_per_pupil
    from peers
    inner join varied
        on peers.peer_lea_id = varied.lea_id and peers.peer_school_id is not distinct from varied.school_id
        and peers.fiscal_year = varied.fiscal_year
    group by peers.lea_id, peers.school_id, peers.fiscal_year, varied.basis_id
),

readings as (
    select
        medians.lea_id, medians.school_id, medians.fiscal_year,
        count(*) as reading_count,
        count(case when varied.spending_per_pupil > medians.spending_per_pupil then 1 end) as above_count,
        count(case when varied.spending_per_pupil < medians.spending_per_pupil then 1 end) as below_count
    from varied_medians as medians
    inner join varied on {{ same_unit('medians', 'varied') }} and medians.basis_id = varied.basis_id
    inner join parameters on medians.fiscal_year = parameters.fiscal_year
    where medians.peer_count >= parameters.min_peer_count
    group by medians.lea_id, medians.school_id, medians.fiscal_year
),

final as (
    select
        medians.lea_id, medians.school_id, medians.fiscal_year, medians.peer_count, medians.peer_distance,
        medians.peer_spending_per_pupil,
        parameters.interval_quantile * sqrt(parameters.median_variance_factor * medians.mean_variance / medians.peer_count)
            as peer_spending_margin,
        cast(readings.reading_count as integer) as reading_count,
        {{ ratio('readings.above_count', 'readings.reading_count') }} as above_rate,
        {{ ratio('readings.below_count', 'readings.reading_count') }} as below_rate,
        medians.data_as_of
    from medians
    inner join parameters on medians.fiscal_year = parameters.fiscal_year
    left join readings on {{ same_unit('medians', 'readings') }}
)

select * from final
