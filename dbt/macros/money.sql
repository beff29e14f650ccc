{# Money is decimal(18,2); a ratio divides once, as double; a split works on whole cents without sign. #}

{% macro money(expression) -%} cast({{ expression }} as decimal(18,2)) {%- endmacro %}

{# Null when a part is missing or the divisor is zero. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{# Size of an amount in whole cents; amount_from_cents puts the sign back. A product of two decimals of up to 18 digits is done
   by DuckDB in 64 bits and may overflow: cast cents to decimal(20,0) before multiplying. #}
{% macro absolute_cents(amount) -%} cast(abs({{ amount }}) * 100 as bigint) {%- endmacro %}

{% macro amount_from_cents(cents, signed_like) -%}
    cast(case when {{ signed_like }} < 0 then -1 else 1 end * cast({{ cents }} as decimal(18,0)) * cast(0.01 as decimal(3,2)) as decimal(18,2))
{%- endmacro %}
