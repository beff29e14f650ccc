{# The F-33's items and identities as lists: columns cannot be read from a seed. tests/seeds/f33_lists_are_the_seeds proves them. #}

{% macro f33_items() -%}
    {{ return([
        'TOTALREV', 'TFEDREV', 'TSTREV', 'TLOCREV', 'TOTALEXP', 'TCURELSC', 'TCURINST', 'TCURSSVC', 'TCUROTH',
        'TNONELSE', 'TCAPOUT', 'V33', 'MEMBERSCH', 'C14', 'C15', 'C19', 'C22', 'C23', 'C26', 'C27', 'B11', 'C20',
        'C25', 'C36', 'B10', 'B12', 'B14', 'B13', 'C01', 'C04', 'C05', 'C06', 'C07', 'C08', 'C09', 'C10', 'C11',
        'C12', 'C13', 'C35', 'C38', 'C39', 'T02', 'T06', 'T09', 'T15', 'T40', 'T99', 'D11', 'D23', 'A07', 'A08',
        'A09', 'A11', 'A13', 'A15', 'A20', 'A40', 'U11', 'U22', 'U30', 'U50', 'U97', 'C24', 'E13', 'E17', 'E07',
        'E08', 'E09', 'V40', 'V45', 'V90', 'V85', 'E11', 'V60', 'V65', 'V70', 'V75', 'V80', 'F12', 'G15', 'K09',
        'K10', 'K11', 'L12', 'M12', 'Q11', 'I86', 'V91', 'V92', 'Z32', 'Z33', 'V11', 'V13', 'V15', 'V17', 'V21',
        'V23', 'V37', 'V29', 'Z35', 'Z36', 'Z37', 'Z38', 'Z34', 'V10', 'V12', 'V14', 'V16', 'V18', 'V22', 'V24',
        'V38', 'V30', 'V32', 'V93', 'V95', 'V02', 'K14', '_19H', '_21F', '_31F', '_41F', '_61V', '_66V', 'W01',
        'W31', 'W61', 'CE1', 'CE2', 'CE3', 'SE1', 'SE2', 'SE3', 'SE4', 'SE5', 'AR1', 'AR1A', 'AR1B', 'AR2', 'AR2A',
        'AR3', 'AR6', 'AR6A', 'AE1', 'AE1A', 'AE1B', 'AE1C', 'AE1D', 'AE1E', 'AE1F', 'AE1G', 'AE2', 'AE2A', 'AE2B',
        'AE2C', 'AE2D', 'AE2E', 'AE2F', 'AE2G', 'AE3', 'AE4', 'AE4A', 'AE4B', 'AE4C', 'AE4D', 'AE4E', 'AE4F', 'AE4G',
        'AE5', 'AE6', 'AE7', 'AE8'
    ]) }}
{%- endmacro %}

{# Each identity: the total, and its parts with their sign. #}
{% macro f33_identities() -%}
    {{ return({
        'TOTALREV': ['TFEDREV', 'TSTREV', 'TLOCREV'],
        'TFEDREV': ['C14', 'C15', 'C19', 'C22', 'C23', 'C26', 'C27', 'B11', 'C20', 'C25', 'C36', 'B10', 'B12', 'B14', 'B13'],
        'TSTREV': ['C01', 'C04', 'C05', 'C06', 'C07', 'C08', 'C09', 'C10', 'C11', 'C12', 'C13', 'C35', 'C38', 'C39'],
        'TLOCREV': ['T02', 'T06', 'T09', 'T15', 'T40', 'T99', 'D11', 'D23', 'A07', 'A08', 'A09', 'A11', 'A13', 'A15', 'A20', 'A40', 'U11', 'U22', 'U30', 'U50', 'U97', 'C24'],
        'TOTALEXP': ['TCURELSC', 'TNONELSE', 'TCAPOUT', 'L12', 'M12', 'Q11', 'I86', 'V91', 'V92'],
        'TCURELSC': ['TCURINST', 'TCURSSVC', 'TCUROTH'],
        'TCURINST': ['E13'],
        'TCURSSVC': ['E17', 'E07', 'E08', 'E09', 'V40', 'V45', 'V90', 'V85'],
        'TCUROTH': ['E11', 'V60', 'V65'],
        'TNONELSE': ['V70', 'V75', 'V80'],
        'TCAPOUT': ['F12', 'G15', 'K09', 'K10', 'K11'],
        '_41F': ['_19H', '_21F', '-_31F'],
    }) }}
{%- endmacro %}
