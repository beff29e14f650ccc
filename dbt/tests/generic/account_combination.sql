{# The account's national codes go together as the rows of seed account_combination with this edit's id say. #}
{% test account_combination(model, column=none, when=none) %}
with

proven as (select * from {{ rows_to_prove(model, column, when) }} as rows_proven),

accounts as (select * from {{ ref('int_accounts_listed') }}),

rules as (select * from {{ ref('account_combination') }} where edit_id = '{{ model.name }}'),

codes as (
    select account_key, dimension, nces_code as code from {{ ref('int_account_codes_mapped') }}
    union all
    select account_key, 'account_class' as dimension, account_class as code from accounts
),

hits as (
    select
        accounts.account_key, rules.if_dimension, rules.if_code, rules.is_allowed, rules.then_code,
        max(case when {{ code_matches('thens.code', 'rules.then_code', 'rules.then_code_to') }} then 1 else 0 end) as some_hit,
        min(case when {{ code_matches('thens.code', 'rules.then_code', 'rules.then_code_to') }} then 1 else 0 end) as all_hit
    from rules
    inner join codes as ifs on rules.if_dimension = ifs.dimension
    inner join accounts on ifs.account_key = accounts.account_key and {{ is_in_force('rules', 'accounts.fiscal_year') }}
    inner join codes as thens on accounts.account_key = thens.account_key and rules.then_dimension = thens.dimension
    group by accounts.account_key, rules.if_dimension, rules.if_code, rules.is_allowed, rules.then_code
    having min(case when {{ code_matches('ifs.code', 'rules.if_code', 'rules.if_code_to') }} then 1 else 0 end) = 1
),

wrong as (
    select account_key
    from hits
    group by account_key, if_dimension, if_code
    having max(case when is_allowed = 'Y' then 1 else 0 end) > max(case when is_allowed = 'Y' then some_hit else 0 end)
        or max(case when is_allowed = 'N' then all_hit else 0 end) = 1
)

select proven.*
from proven
inner join accounts on {{ same_account('proven', 'accounts') }}
where accounts.account_key in (select account_key from wrong)
{% endtest %}
