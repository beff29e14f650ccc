{# Every account of the line has its place in the crosswalk, or is on the list of those allowed without. #}
{% test account_is_mapped(model, column=none, when=none) %}
select proven.*, codes.dimension
from {{ rows_to_prove(model, column, when) }} as proven
inner join {{ ref('int_accounts_listed') }} as accounts on {{ same_account('proven', 'accounts') }}
inner join {{ ref('int_unmapped_accounts_judged') }} as codes on accounts.account_key = codes.account_key
where not codes.is_allowed
{% endtest %}
