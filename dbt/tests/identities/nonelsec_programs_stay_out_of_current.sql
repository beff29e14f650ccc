-- Programs outside elementary and secondary education (500 to 800) have no item of its current expenditure.
{{ config(meta={'catalogue_id': 'DOM-nonelsec_program'}) }}
with

items as (select * from {{ ref('f33_item') }} where total_item in ('TCURINST', 'TCURSSVC', 'TCUROTH')),

programs as (select * from {{ ref('coa_program') }} where is_public_elsec = 'N')

select assigned.*
from {{ ref('int_f33_items_assigned') }} as assigned
inner join programs on assigned.nces_program_code = programs.program_code
inner join items on assigned.f33_item = items.f33_item
