"""An LEA's page: its spending, people, schools and outcomes as pictures, each with its table and its data, in one file that opens without a network.

Belongs here: which pictures there are (`charts.yml`), reading their rows, words and numbers as shown, drawings, the page.
Does not belong here: what a figure is (`dbt/`), what may be public (disclosure control), and where extracts are put.
"""
