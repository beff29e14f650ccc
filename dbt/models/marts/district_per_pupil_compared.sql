-- One row an LEA, year and numerator, actual spending by fall membership: beside its last year, what dollars and what pupils did, and its
-- place among LEAs of its own type.
with

figures as (
    select *
    from {{ ref('district_per_pupil') }}
    where denominator_def_id = 'fall_membership' and amount_type = 'actual' and per_pupil_status = 'reported'
),

placed as (
    select
        figures.*,
        rank() over (partition by fiscal_year, numerator_def_id, lea_type_code order by per_pupil desc) as place,
        count(*) over (partition by fiscal_year, numerator_def_id, lea_type_code) as peer_count
    from figures
),

final as (
    select
        placed.lea_id, placed.lea_name, placed.fiscal_year, placed.numerator_def_id, placed.denominator_def_id, placed.amount_type,
        placed.per_pupil,
        last_year.per_pupil as previous_per_pupil,
        case when placed.numerator_amount > 0 and last_year.numerator_amount > 0
            then ln(cast(placed.numerator_amount as double) / cast(last_year.numerator_amount as double)) end as dollars_log_change,
        case when placed.denominator_count > 0 and last_year.denominator_count > 0
            then -ln(cast(placed.denominator_count as double) / cast(last_year.denominator_count as double)) end as pupils_log_change,
        case when placed.per_pupil > 0 and last_year.per_pupil > 0 then ln(placed.per_pupil / last_year.per_pupil) end as per_pupil_log_change,
        case when placed.lea_type_code is not null then concat('lea_type_code ', placed.lea_type_code) end as peer_set,
        case when placed.lea_type_code is not null then cast(placed.place as integer) end as peer_rank,
        case when placed.lea_type_code is not null then cast(placed.peer_count as integer) end as peer_count,
        greatest(placed.data_as_of, last_year.data_as_of) as data_as_of
    from placed
    left join figures as last_year
        on placed.lea_id = last_year.lea_id and placed.fiscal_year = last_year.fiscal_year + 1
        and placed.numerator_def_id = last_year.numerator_def_id
)

select * from final
