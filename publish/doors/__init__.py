"""The ways out of a published generation into other people's tools.

Belongs here: a generation as one DuckDB file, as tables of PostgreSQL, as a server. Does not belong here: queries of
our own (`publish.sql_door`), what a district is handed (`publish.extracts`).
"""
