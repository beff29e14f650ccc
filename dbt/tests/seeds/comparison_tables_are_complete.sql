-- Every feature and parameter that the models of peers and productivity read has its row, in a form they can use; the first reading of
-- spending is among those of the sensitivity grid.
with

needed (table_name, row_key) as (
    values
    {% for feature in number_features() + category_features() %}('peer_feature', '{{ feature }}'), {% endfor %}
    {% for parameter in comparison_parameters() %}('comparison_parameter', '{{ parameter }}'), {% endfor %}
    ('spending_basis', 'fall_membership wage_adjusted')
),

held as (
    select 'peer_feature' as table_name, feature as row_key from {{ ref('peer_feature') }} where lea_weight >= 0 and school_weight >= 0
    union all
    select 'comparison_parameter', parameter from {{ ref('comparison_parameter') }} where try_cast(value as double) > 0
    union all
    select 'spending_basis', concat(denominator_def_id, ' ', price_basis) from {{ ref('spending_basis') }}
),

own as (
    select policies.policy_key, policies.value
    from {{ ref('policy') }} as policies
    inner join {{ ref('comparison_parameter') }} as parameters on policies.policy_key = parameters.parameter
    where coalesce(try_cast(policies.value as double), 0) <= 0
)

select needed.table_name, needed.row_key
from needed
left join held on needed.table_name = held.table_name and needed.row_key = held.row_key
where held.row_key is null
union all
select 'policy', policy_key from own
