-- One row a view, unit and year. As reported: each LEA as it was. Harmonized: old figures carried to today's LEAs. Constant boundary:
-- LEAs that events tie together, added. Sums first, ratios after; each view adds to the same state total.
{%- set measures = panel_measures() %}

with

links as (select * from {{ ref('int_lea_links') }} where from_lea_id <> to_lea_id),

prices as (select * from {{ ref('int_prices_indexed') }}),

leas as (select * from {{ ref('leas') }}),

breaks as (select distinct fiscal_year from {{ ref('f33_break') }} where breaks_totals = 'Y'),

sums as (select * from {{ ref('int_lea_panel_summed') }}),

years as (select min(fiscal_year) as first_year, max(fiscal_year) as last_year from sums),

spans as (
    select
        sums.*,
        lag(fiscal_year) over unit as previous_fiscal_year,
        lead(fiscal_year) over unit as next_fiscal_year,
        count(case when reporting_lea_count = lea_count then 1 end) over (partition by view, unit_id) as whole_year_count,
        years.first_year, years.last_year
    from sums
    cross join years
    window unit as (partition by view, unit_id order by fiscal_year)
),

-- Events that reach a unit in a year: a break in the series as reported, an entry or exit explained.
ends as (
    select effective_fiscal_year as fiscal_year, from_lea_id as lea_id, event_id, event_type from links
    union
    select effective_fiscal_year as fiscal_year, to_lea_id as lea_id, event_id, event_type from links
),

events as (
    select fiscal_year, lea_id, string_agg(distinct event_type, ', ' order by event_type) as event_types
    from ends
    group by fiscal_year, lea_id
),

names as (
    select lea_id, lea_name,
        row_number() over (partition by lea_id order by coalesce(last_fiscal_year, 9999) desc, first_fiscal_year desc) as turn
    from leas
),

final as (
    select
        spans.view, spans.unit_id,
        case when spans.view = 'as_reported' then coalesce(own.lea_name, names.lea_name) else names.lea_name end as unit_name,
        spans.fiscal_year, spans.member_lea_ids,
        cast(spans.lea_count as integer) as lea_count,
        cast(spans.reporting_lea_count as integer) as reporting_lea_count,
        {% for measure in measures -%}
        spans.{{ measure }},
        {% endfor -%}
        case when spans.is_covered then {{ ratio('spans.current_expenditure_amount', 'spans.fall_membership_count') }} end
            as current_expenditure_per_pupil,
        case when spans.is_covered then {{ ratio('spans.current_expenditure_amount', 'spans.fall_membership_count') }}
            * prices.real_factor end as real_current_expenditure_per_pupil,
        breaks.fiscal_year is not null as has_series_break,
        spans.is_estimated,
        spans.estimated_expenditure_amount,
        {{ ratio('spans.estimated_expenditure_amount', 'spans.total_expenditure_amount') }} as estimated_rate,
        spans.whole_year_count = spans.last_year - spans.first_year + 1 as is_balanced,
        spans.fiscal_year > spans.first_year
            and (spans.previous_fiscal_year is null or spans.previous_fiscal_year < spans.fiscal_year - 1) as is_entry,
        spans.fiscal_year < spans.last_year
            and (spans.next_fiscal_year is null or spans.next_fiscal_year > spans.fiscal_year + 1) as is_exit,
        case when spans.view = 'as_reported' then events.event_types end as event_types,
        case when spans.view = 'as_reported' then leaving.event_types end as next_event_types,
        spans.data_as_of
    from spans
    left join prices on spans.fiscal_year = prices.fiscal_year
    left join breaks on spans.fiscal_year = breaks.fiscal_year
    left join names on spans.unit_id = names.lea_id and names.turn = 1
    left join leas as own on spans.unit_id = own.lea_id and {{ is_in_force('own', 'spans.fiscal_year') }}
    left join events on spans.unit_id = events.lea_id and spans.fiscal_year = events.fiscal_year
    left join events as leaving on spans.unit_id = leaving.lea_id and spans.fiscal_year + 1 = leaving.fiscal_year
)

select * from final
