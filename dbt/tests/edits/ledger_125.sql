-- A change of the LEA's status is known before its series are drawn.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

changes as (
    select lea_id, first_fiscal_year as fiscal_year, 'directory entry begins' as what
    from {{ ref('leas') }}
    where first_fiscal_year > (select min(fiscal_year) from {{ ref('stg_submission') }})
    union
    select to_lea_id, effective_fiscal_year, event_type from {{ ref('lea_events') }}
    union
    select from_lea_id, effective_fiscal_year, event_type from {{ ref('lea_events') }}
),

compared as (
    select books.submission_id, changes.*
    from changes
    inner join books on changes.lea_id = books.lea_id and changes.fiscal_year = books.fiscal_year
),

final as (select {{ finding("what", "'lea_id'", "what", "'no change of status'", "null") }} from compared)

select * from final
