"""A district's file becomes raw rows, or findings: contracts, landing, layouts, reader, gate, raw, registry.

Nothing here knows dbt's models, generations or Dagster; those import this package, never the other way.
"""
