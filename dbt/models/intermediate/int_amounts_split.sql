-- One row an account with several targets, size of amount in use and target: cents by largest remainder, ties by the order of
-- the codes. The split depends on the account and the size alone, so it is done once for both, and without sign: a reversal
-- takes back exactly what was given.
{{ config(materialized=by_lea_year(), incremental_strategy='append', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

accounts as (select * from {{ ref('int_accounts_mapped') }} where split_count > 1),

sizes as (
    select distinct accounts.account_key, {{ absolute_cents('lines.amount') }} as cents
    from lines
    inner join accounts on accounts.split_number = 1 and {{ same_account('lines', 'accounts') }}
    {% if is_incremental() -%}
    where not exists (
        select 1 from {{ this }} as known
        where known.account_key = accounts.account_key and known.cents = {{ absolute_cents('lines.amount') }}
    )
    {%- endif %}
),

shares as (
    select
        sizes.account_key,
        sizes.cents,
        accounts.split_number,
        cast(sizes.cents as decimal(20,0)) * accounts.weight as exact_cents
    from sizes
    inner join accounts on sizes.account_key = accounts.account_key
),

floors as (
    select
        account_key, cents, split_number,
        cast(floor(exact_cents) as bigint) as whole_cents,
        exact_cents - floor(exact_cents) as remainder
    from shares
),

ranked as (
    select
        floors.*,
        cents - sum(whole_cents) over (partition by account_key, cents) as cents_left,
        row_number() over (partition by account_key, cents order by remainder desc, split_number) as turn
    from floors
),

final as (
    select
        account_key, cents, split_number,
        whole_cents + case when turn <= cents_left then 1 else 0 end as split_cents
    from ranked
)

select * from final
