-- The one row that identifies the generation.
with

run as (select * from {{ source('registry', 'run') }})

select generation_id, as_of, cut, reference_version, code_version, event_position
from run
