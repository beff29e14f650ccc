-- CPI-U has a row for every month from its first to its last; a month never published is a row without a value.
select min(calendar_year * 12 + month) as first_month, max(calendar_year * 12 + month) as last_month, count(*) as row_count
from {{ ref('cpi_u_month') }}
having count(*) <> max(calendar_year * 12 + month) - min(calendar_year * 12 + month) + 1
