-- An account with a large amount last year exists this year.
{{ account_finding(
    condition="amount is null and abs(last_amount) > " ~ threshold('ledger_116', 'dollars', 'accounts.fiscal_year'),
    observed="'no amount'", expected="last_amount", amount='last_amount',
    own_of='last_submission_id'
) }}
