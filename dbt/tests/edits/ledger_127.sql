-- The ledger file has the layout the LEA used last year.
{{ layout_changed('ledger') }}
