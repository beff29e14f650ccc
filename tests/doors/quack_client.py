"""A DuckDB in another process that asks a served generation: JSON lines of `[question, answer or null, error or null]`.

Belongs here: asking. Does not belong here: what must be answered.
"""

import json
import sys
import tempfile

import duckdb
from duckdb_extensions import import_extension


def main(address: str, token: str) -> None:
    """Ask each JSON line of standard input; one that begins with @ is run here, beside the attached server, others over there."""
    with tempfile.TemporaryDirectory() as extensions, duckdb.connect(config={"extension_directory": extensions}) as con:
        for name in ("httpfs", "quack"):
            import_extension(name, con=con)
            con.execute(f"load {name}")
        for line in sys.stdin:
            question = json.loads(line)
            try:
                if question.startswith("@"):
                    answer = con.execute(question[1:].format(address=address, token=token)).fetchall()
                else:
                    answer = con.execute("from quack_query(?, ?, token := ?)", [address, question, token]).fetchall()
                print(json.dumps([question, answer, None], default=str))
            except duckdb.Error as problem:
                print(json.dumps([question, None, str(problem).splitlines()[0]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
