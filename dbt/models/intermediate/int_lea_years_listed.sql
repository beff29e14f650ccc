-- One row an LEA and year of which the marts speak: an actual ledger is expected, or one was accepted.
with

expected as (select * from {{ ref('int_submissions_expected') }} where collection = 'ledger'),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

actual_periods as (
    select reporting_period
    from {{ ref('slot_preference') }}
    where collection = 'ledger' and amount_type = 'actual'
),

leas as (select * from {{ ref('leas') }}),

pairs as (
    select expected.lea_id, expected.fiscal_year
    from expected
    inner join actual_periods on expected.reporting_period = actual_periods.reporting_period
    union
    select lea_id, fiscal_year from chosen
),

final as (
    select
        pairs.lea_id,
        pairs.fiscal_year,
        leas.nces_lea_id,
        leas.lea_name,
        chosen.reporting_period,
        case when chosen.submission_id is null then 'missing' else 'reported' end as spending_status,
        chosen.data_as_of
    from pairs
    left join chosen on pairs.lea_id = chosen.lea_id and pairs.fiscal_year = chosen.fiscal_year
    left join leas on pairs.lea_id = leas.lea_id and {{ is_in_force('leas', 'pairs.fiscal_year') }}
)

select * from final
