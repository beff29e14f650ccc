"""The documentation of a generation as a static site: opens from disk, without a server and without a network.

Belongs here: what the tables, columns, definitions and words mean, as pages. Does not belong here: figures (`publish.pages`), the rows of
extracts (`publish.extracts`), dbt's own page (`dagster_project.documents`).
"""
