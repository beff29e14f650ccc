"""The exceptions of the ingest house that a person reads.

Belongs here: the two kinds of end a command may come to, with their exit codes.
Does not belong here: findings about data (`verdicts`), and broken code, which keeps its own exception.
"""


class Refusal(Exception):
    """What was asked for cannot be done as asked; one line says what, why and what to do instead."""

    exit_code = 2


class SystemFailure(Exception):
    """The machinery is not as it must be (database away, chain broken, wrong key); one line says what and the remedy."""

    exit_code = 3
