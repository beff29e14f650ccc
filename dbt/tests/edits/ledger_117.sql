-- A large account keeps its sign.
{{ account_finding(
    condition="sign(amount) <> sign(last_amount) and least(abs(amount), abs(last_amount)) > " ~ threshold('ledger_117', 'dollars', 'accounts.fiscal_year'),
    observed="amount", expected="concat('the sign of ', last_amount)", amount='amount'
) }}
