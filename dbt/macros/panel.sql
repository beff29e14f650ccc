{# What the panel of LEAs adds up, each with the parts its smallest unit makes: cents, pupils, ten-thousandths of a pupil. #}
{% macro panel_measures() -%}
    {{ return({
        'total_expenditure_amount': 100, 'current_expenditure_amount': 100, 'instruction_amount': 100,
        'support_services_amount': 100, 'capital_outlay_amount': 100, 'debt_service_amount': 100,
        'federal_revenue_amount': 100, 'state_revenue_amount': 100, 'local_revenue_amount': 100, 'total_revenue_amount': 100,
        'fall_membership_count': 1, 'adm': 10000, 'ada': 10000,
    }) }}
{%- endmacro %}

{% macro panel_type(measure) -%}
    {{ return('decimal(18,2)' if measure.endswith('_amount') else 'integer' if measure.endswith('_count') else 'decimal(12,4)') }}
{%- endmacro %}
