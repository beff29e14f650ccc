"""A connection to PostgreSQL, and what went wrong with it in one sentence that holds no password.

Belongs here: the address, the errors. Does not belong here: what is done over the connection (`postgresql`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ingest.refusals import Refusal, SystemFailure

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
SECRETS = ("password", "sslpassword", "passfile", "sslkey")


@contextmanager
def connected(url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection that commits each statement by itself, and the words for where it leads.

    Raises:
        Refusal: the address is none, or the user may not do what the block asked.
        SystemFailure: the server cannot be reached, refuses the user, or fails at work.
    """
    given = _read(url)
    where = f"database {given.get('dbname') or given.get('user') or ''} at {given.get('host') or 'this machine'}"
    secrets = [str(given[name]) for name in SECRETS if given.get(name)]
    try:
        # Without a search path nothing that somebody put into schema public is taken for a function of the system.
        connection = psycopg.connect(make_conninfo(**given), autocommit=True)
        with connection:
            connection.execute("set search_path = pg_catalog")
            connection.execute("set client_min_messages = warning")
            yield connection, where
    except psycopg.errors.InsufficientPrivilege as problem:
        raise Refusal(f"PostgreSQL, {where}: the user lacks the right: {_told(problem, secrets)}.") from None
    except psycopg.Error as problem:
        raise SystemFailure(f"PostgreSQL, {where}: {_told(problem, secrets)}.") from None


def _read(url: str) -> dict:
    if not url.startswith(SCHEMES):
        raise Refusal("The address begins with postgresql://, as in postgresql://user@host:5432/database.")
    try:
        given = conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    except psycopg.Error:
        # Its own words may quote the password.
        raise Refusal(
            "The address cannot be read: postgresql://user@host:5432/database; signs in a password are written as %40 and the like."
        ) from None
    return {"connect_timeout": "10", "application_name": "edfin publish"} | given


def _told(problem: psycopg.Error, secrets: list[str]) -> str:
    """Its first sentence: what follows are guesses, or the same of other addresses of the server."""
    text = problem.diag.message_primary or (str(problem).splitlines() or [type(problem).__name__])[0]
    for secret in secrets:
        text = text.replace(secret, "***")
    return " ".join(text.split()).removeprefix("connection failed: ").rstrip(".")
