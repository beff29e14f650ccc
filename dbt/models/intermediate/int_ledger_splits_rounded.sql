-- One row a split of a line whose account has several targets: cents by largest remainder, ties by the order of the codes.
-- A negative line is split like the positive one, so that a reversal takes back exactly what was given.
with

lines as (select * from {{ ref('stg_ledger') }}),

accounts as (select * from {{ ref('int_accounts_mapped') }} where split_count > 1),

shares as (
    select
        lines.submission_id, lines.row_number, lines.amount_type, lines.amount,
        accounts.split_number,
        {{ absolute_cents('lines.amount') }} as cents,
        {{ absolute_cents('lines.amount') }} * accounts.weight as exact_cents
    from lines
    inner join accounts on {{ same_account('lines', 'accounts') }}
),

floors as (
    select
        shares.*,
        cast(floor(exact_cents) as decimal(18,0)) as whole_cents,
        exact_cents - floor(exact_cents) as remainder
    from shares
),

ranked as (
    select
        floors.*,
        cents - sum(whole_cents) over (partition by submission_id, row_number, amount_type) as cents_left,
        row_number() over (
            partition by submission_id, row_number, amount_type
            order by remainder desc, split_number
        ) as turn
    from floors
),

final as (
    select
        submission_id, row_number, amount_type, split_number,
        {{ amount_from_cents('whole_cents + case when turn <= cents_left then 1 else 0 end', 'amount') }} as amount
    from ranked
)

select * from final
