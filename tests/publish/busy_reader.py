"""A reader in a process of its own that never rests; whatever it sees must be one generation, whole."""

import json

from publish.sql_door import run_sql

ONE_STATE = """select (select generation_id from generation) as id, (select sum(amount) from fct_ledger) as ledger,
    (select sum(total_expenditure_amount) from district_spending) as mart"""


def read_until(home, stop, answers, started):
    seen, torn, reads = set(), [], 0
    while not stop.is_set():
        try:
            (row,) = json.loads("".join(run_sql(home, ONE_STATE, format="json")))
        except Exception as error:
            torn.append(repr(error))
            continue
        reads += 1
        if reads == 1:
            started.release()
        seen.add((row["id"], row["ledger"]))
        if row["ledger"] != row["mart"]:
            torn.append(row)
    answers.put((reads, seen, torn))
