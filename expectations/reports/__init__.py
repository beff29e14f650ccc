"""The edit report: what a district reads about its file, as a page, a workbook, a table or text.

Belongs here: grouping findings, putting them into words, writing them in each form; the page of all edits.
Does not belong here: finding anything (`judge`), where files and findings are kept (`ingest`), verbs (`dagster_project`).
"""
