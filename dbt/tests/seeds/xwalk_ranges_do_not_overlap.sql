-- No code falls under two crosswalk ranges of the same dimension, condition and year: it would be mapped twice.
with

ranges as (
    select distinct
        dimension, coalesce(code, '') as code, coalesce(code_to, code, '') as code_to,
        coalesce(when_dimension, '') as when_dimension,
        coalesce(when_code, '') as when_code, coalesce(when_code_to, when_code, '') as when_code_to,
        coalesce(first_fiscal_year, 0) as first_fiscal_year, coalesce(last_fiscal_year, 9999) as last_fiscal_year
    from {{ ref('xwalk_account') }}
)

select one.*, other.code as other_code, other.code_to as other_code_to, other.when_dimension as other_when_dimension
from ranges as one
inner join ranges as other
    on one.dimension = other.dimension
    and length(one.code) = length(other.code)
    and one.code <= other.code_to and other.code <= one.code_to
    and one.first_fiscal_year <= other.last_fiscal_year and other.first_fiscal_year <= one.last_fiscal_year
    -- Two conditional rows clash when one account can meet both; a row without a condition gives way to one with.
    and (one.when_dimension = '') = (other.when_dimension = '')
    and (
        one.when_dimension <> other.when_dimension
        or (
            length(one.when_code) = length(other.when_code)
            and one.when_code <= other.when_code_to and other.when_code <= one.when_code_to
        )
    )
where (one.code, one.code_to, one.when_dimension, one.when_code, one.when_code_to)
    < (other.code, other.code_to, other.when_dimension, other.when_code, other.when_code_to)
