-- An LEA leaves in one event a year; only a split may leave its weights to the pupils of the first year after; chains end.
select from_lea_id as lea_id, effective_fiscal_year, 'two events of one LEA in a year' as problem
from {{ ref('lea_events') }}
where from_lea_id is not null and to_lea_id is not null
group by from_lea_id, effective_fiscal_year
having count(distinct event_id) > 1
union all
select from_lea_id, effective_fiscal_year, 'no weight, and no split' as problem
from {{ ref('lea_events') }}
where from_lea_id is not null and to_lea_id is not null and weight is null and event_type <> 'split'
union all
select lea_id, fiscal_year, 'shares do not add to one: events lead round in a circle' as problem
from {{ ref('int_lea_successors') }}
group by lea_id, fiscal_year
having abs(sum(weight) - 1) > 0.000000001
