"""The command `edfin-dbt`: dbt by a process that has it loaded already, else by dbt itself.

Started by Dagster in dbt's place. It hands its arguments, environment and output to the process `ready_dbt` listening at
`EDFIN_READY_DBT`, and ends with the code that comes back; ended itself, it ends the work there too, for its connection breaks.

Belongs here: handing over, with nothing but the standard library, so that it starts at once. Does not belong here: running dbt.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

ADDRESS = "EDFIN_READY_DBT"
BROKEN = 2


def main() -> None:
    """Hand the call over, or become dbt."""
    try:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(os.environ[ADDRESS])
    except (KeyError, OSError):
        dbt = str(Path(sys.executable).parent / "dbt")
        os.execv(dbt, [dbt, *sys.argv[1:]])
    call = {"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": str(Path.cwd())}
    data = json.dumps(call).encode()
    socket.send_fds(connection, [len(data).to_bytes(8, "big")], [1, 2])
    connection.sendall(data)
    answer = connection.recv(1)
    sys.exit(answer[0] if answer else BROKEN)
