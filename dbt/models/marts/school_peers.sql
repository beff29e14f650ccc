-- One row a school, year and peer: the schools of its level, of any LEA, that are most like it, among those whose spending may be compared.
with

peers as (select * from {{ ref('int_peer_differences_named') }} where school_id is not null),

schools as (select * from {{ ref('schools') }}),

final as (
    select
        peers.school_id, peers.lea_id, peers.fiscal_year, peers.peer_rank,
        peers.peer_school_id, peers.peer_lea_id, schools.school_name as peer_school_name,
        peers.distance, peers.feature_count, peers.feature_names,
        peers.largest_difference_name, peers.largest_difference_value,
        peers.second_difference_name, peers.second_difference_value,
        peers.third_difference_name, peers.third_difference_value,
        peers.peer_count, peers.peer_status, peers.comparison_group as school_level, peers.eligible_count as eligible_school_count,
        peers.data_as_of
    from peers
    left join schools
        on peers.peer_lea_id = schools.lea_id and peers.peer_school_id = schools.school_id
        and {{ is_in_force('schools', 'peers.fiscal_year') }}
)

select * from final
