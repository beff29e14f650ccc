-- Every policy the models need has a value, in a form they can use.
with

needed (policy_key, pattern) as (
    values
    ('real_dollar_base_fiscal_year', '[0-9]{4}'),
    ('fiscal_year_start_month', '[1-9]|1[0-2]'),
    ('cpi_window', 'jul_jun|sep_aug|oct_sep'),
    ('instructional_weeks', '[0-9]+([.][0-9]+)?'),
    ('novice_experience_years', '[0-9]+([.][0-9]+)?'),
    ('state_abbr', '[A-Z]{2}')
)

select needed.policy_key, policies.value
from needed
left join {{ ref('policy') }} as policies on needed.policy_key = policies.policy_key
where policies.value is null or not regexp_full_match(policies.value, needed.pattern)
