{# What every edit on accepted data shares: its tolerances and the columns of a finding. #}

{# The tolerance in force in that year: the state's own (thresholds.csv) or the project's default (edit_threshold.csv). #}
{% macro threshold(edit_id, name, fiscal_year) -%}
    (select limits.value from {{ ref('int_edit_thresholds') }} as limits
     where limits.edit_id = '{{ edit_id }}' and limits.threshold = '{{ name }}' and limits.fiscal_year = {{ fiscal_year }})
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
