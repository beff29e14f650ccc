-- What leaves an LEA in one event arrives whole.
{{ config(meta={'catalogue_id': 'REF-weights_sum'}) }}
select event_id, from_lea_id, sum(weight) as weight
from {{ ref('lea_events') }}
where from_lea_id is not null and to_lea_id is not null
group by event_id, from_lea_id
having abs(sum(weight) - 1) > 0.000000001
