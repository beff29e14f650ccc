-- The membership file has the layout the LEA used last year.
{{ layout_changed('membership') }}
