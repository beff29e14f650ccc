-- A large account does not repeat last year's amount to the cent.
{{ account_finding(
    condition="amount = last_amount and abs(amount) > " ~ threshold('ledger_118', 'dollars', 'accounts.fiscal_year'),
    observed="amount", expected="concat('other than ', last_amount)", amount='amount'
) }}
