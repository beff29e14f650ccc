-- One row a slot the agency expects; a row of expected_submissions without an LEA stands for every LEA open that year.
with

expected as (select * from {{ ref('expected_submissions') }}),

leas as (select * from {{ ref('leas') }}),

final as (
    select distinct
        leas.lea_id,
        expected.collection,
        expected.fiscal_year,
        expected.reporting_period
    from expected
    inner join leas
        on (expected.lea_id is null or expected.lea_id = leas.lea_id)
        and {{ is_in_force('leas', 'expected.fiscal_year') }}
)

select * from final
