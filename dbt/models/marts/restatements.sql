-- One row an LEA, fiscal year, measure and pair of published generations, whose figure changed between the two.
-- A build knows nothing of other generations: here is the promise, the rows are written at publication (publish/restatements.py).
select
    cast(null as varchar) as lea_id,
    cast(null as integer) as fiscal_year,
    cast(null as varchar) as reporting_period,
    cast(null as varchar) as mart,
    cast(null as varchar) as measure,
    cast(null as varchar) as unit,
    cast(null as decimal(28,8)) as previous_value,
    cast(null as decimal(28,8)) as current_value,
    cast(null as decimal(28,8)) as difference_value,
    cast(null as double) as change_rate,
    cast(null as varchar) as reason_code,
    cast(null as integer) as previous_rank,
    cast(null as integer) as current_rank,
    cast(null as varchar) as previous_submission_ids,
    cast(null as varchar) as current_submission_ids,
    cast(null as varchar) as previous_generation_id,
    cast(null as varchar) as current_generation_id,
    cast(null as timestamp) as previous_as_of,
    cast(null as timestamp) as current_as_of,
    cast(null as varchar) as previous_reference_version,
    cast(null as varchar) as current_reference_version,
    cast(null as varchar) as previous_code_version,
    cast(null as varchar) as current_code_version
from {{ source('registry', 'run') }}
where false
