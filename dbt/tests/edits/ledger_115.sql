-- An account with a large amount existed last year.
{{ account_finding(
    condition="last_amount is null and abs(amount) > " ~ threshold('ledger_115', 'dollars', 'accounts.fiscal_year'),
    observed="amount", expected="'an amount last year'", amount='amount'
) }}
