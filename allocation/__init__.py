"""Need-based allocation: what a formula gives each school, tried out before anybody adopts it.

Belongs here: scenarios, the formula, what it does to schools, its report. Does not belong here: what schools spent (`dbt/`).
"""
