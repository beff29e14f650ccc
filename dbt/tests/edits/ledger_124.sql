-- Every registered project has at least one line in the state's books.
with

lines as (
    select distinct fiscal_year, project_code from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped_lines where is_chosen and amount_type = 'actual'
),

compared as (
    select cast(null as varchar) as submission_id, cast(null as varchar) as lea_id, years.fiscal_year, projects.code
    from (select distinct fiscal_year from lines) as years
    inner join {{ ref('projects') }} as projects on {{ is_in_force('projects', 'years.fiscal_year') }}
    left join lines on years.fiscal_year = lines.fiscal_year and projects.code = lines.project_code
    where lines.project_code is null
),

final as (select {{ finding("concat('project_code=', code)", "'project_code'", "'no line'", "'at least one line'", "null") }} from compared)

select * from final
