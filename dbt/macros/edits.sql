{# What every edit on accepted data shares: its tolerances and the columns of a finding. #}

{# The tolerance in force in that year: the state's own (thresholds.csv) or the project's default (edit_threshold.csv). #}
{% macro threshold(edit_id, name, fiscal_year) -%}
    (select limits.value from {{ ref('int_edit_thresholds') }} as limits
     where limits.edit_id = '{{ edit_id }}' and limits.threshold = '{{ name }}' and limits.fiscal_year = {{ fiscal_year }})
{%- endmacro %}

{# The same as text for a finding: 0.4, 12; as a share, 15 percent. #}
{% macro limit(edit_id, name, fiscal_year) -%}
    regexp_replace(cast(cast({{ threshold(edit_id, name, fiscal_year) }} as decimal(18, 4)) as varchar), '[.]?0+$', '')
{%- endmacro %}

{% macro percent(edit_id, name, fiscal_year) -%}
    concat(regexp_replace(cast(cast(100 * {{ threshold(edit_id, name, fiscal_year) }} as decimal(18, 4)) as varchar), '[.]?0+$', ''), ' percent')
{%- endmacro %}

{# The eight columns of a finding; submission_id, lea_id and fiscal_year come from the rows selected. #}
{% macro finding(item_key, column_name, observed, expected, amount='null') -%}
    submission_id, lea_id, fiscal_year,
    cast({{ item_key }} as varchar) as item_key,
    cast({{ column_name }} as varchar) as column_name,
    cast({{ observed }} as varchar) as observed,
    cast({{ expected }} as varchar) as expected,
    cast({{ amount }} as decimal(18, 2)) as amount
{%- endmacro %}

{# Accounts of two years that meet a condition, each with the LEA's own codes: the national account is a sum the LEA never sees.
   own_of: the column of the submission whose lines tell the codes. #}
{% macro account_finding(condition, observed, expected, amount, own_of='submission_id') %}
with

accounts as (select * from {{ ref('int_edit_accounts_compared') }}),

flagged as (select *, {{ own_of }} as told_by from accounts where {{ condition }}),

own as (
    select flagged.submission_id, flagged.item_key,
        concat_ws(' ',
            'fund ' || lines.fund_code, 'function ' || lines.function_code, 'object ' || lines.object_code,
            'program ' || lines.program_code, 'source ' || lines.source_code
        ) as codes,
        row_number() over (
            partition by flagged.submission_id, flagged.item_key order by sum(abs(mapped.amount)) desc, min(lines.row_number)
        ) as place,
        count(*) over (partition by flagged.submission_id, flagged.item_key) as account_count
    from flagged
    inner join {{ ref('fct_ledger_mapped') }} as mapped
        on flagged.told_by = mapped.submission_id
        and flagged.account_class = mapped.account_class
        and flagged.fund_code is not distinct from mapped.fund_code
        and flagged.function_code is not distinct from mapped.function_code
        and flagged.object_code is not distinct from mapped.object_code
        and flagged.source_code is not distinct from mapped.source_code
    inner join {{ ref('stg_ledger') }} as lines
        on mapped.submission_id = lines.submission_id
        and mapped.row_number = lines.row_number
        and mapped.amount_type = lines.amount_type
    where mapped.amount_type = 'actual'
    group by flagged.submission_id, flagged.item_key,
        lines.fund_code, lines.function_code, lines.object_code, lines.program_code, lines.source_code
),

compared as (
    select flagged.*,
        concat(own.codes, case when own.account_count > 1 then concat(' and ', own.account_count - 1, ' smaller') else '' end) as own_codes
    from flagged
    inner join own on flagged.submission_id = own.submission_id and flagged.item_key = own.item_key and own.place = 1
),

final as (select {{ finding('item_key', "'amount'", observed, "concat(" ~ expected ~ ", '; your codes: ', own_codes)", amount) }} from compared)

select * from final
{% endmacro %}

{# The submission came in another layout than the LEA's last year's of the same collection and period. #}
{% macro layout_changed(collection) %}
with

submissions as (select * from {{ ref('stg_submission') }} where is_selected and collection = '{{ collection }}'),

compared as (
    select current_year.*, last_year.layout as last_layout
    from submissions as current_year
    inner join submissions as last_year
        on current_year.lea_id = last_year.lea_id
        and current_year.reporting_period = last_year.reporting_period
        and current_year.fiscal_year = last_year.fiscal_year + 1
    where current_year.layout <> last_year.layout
),

final as (select {{ finding("concat('reporting_period=', reporting_period)", "null", 'layout', 'last_layout') }} from compared)

select * from final
{% endmacro %}
