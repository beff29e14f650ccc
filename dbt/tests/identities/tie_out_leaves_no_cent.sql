-- Every report is the ledger less named differences: no cent unexplained, no difference without a word.
select tied.lea_id, tied.fiscal_year, tied.report, tied.line, tied.unexplained_amount
from {{ rows_changed(ref('spending_tie_out')) }} as tied
where tied.unexplained_amount <> 0 or tied.line_order = 99
union all
select lea_id, fiscal_year, report, 'sum', sum(case when line = 'report' then -amount else amount end)
from {{ rows_changed(ref('spending_tie_out')) }}
group by lea_id, fiscal_year, report
having sum(case when line = 'report' then -amount else amount end) <> 0
