-- One row an LEA, year and peer: the LEAs of its type that are most like it, among those whose spending may be compared.
with

peers as (select * from {{ ref('int_peer_differences_named') }} where school_id is null),

leas as (select * from {{ ref('leas') }}),

final as (
    select
        peers.lea_id, peers.fiscal_year, peers.peer_rank, peers.peer_lea_id, leas.lea_name as peer_lea_name,
        peers.distance, peers.feature_count, peers.feature_names,
        peers.largest_difference_name, peers.largest_difference_value,
        peers.second_difference_name, peers.second_difference_value,
        peers.third_difference_name, peers.third_difference_value,
        peers.peer_count, peers.peer_status, peers.comparison_group as lea_type_code, peers.eligible_count as eligible_lea_count,
        peers.data_as_of
    from peers
    left join leas on peers.peer_lea_id = leas.lea_id and {{ is_in_force('leas', 'peers.fiscal_year') }}
)

select * from final
