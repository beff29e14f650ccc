-- An account without a national code stands on the state's list of those allowed.
select dimension, fiscal_year, code, count(*) as account_count
from {{ ref('int_unmapped_accounts_judged') }}
where not is_allowed
group by dimension, fiscal_year, code
