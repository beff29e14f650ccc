"""What every verb asks before it hands out restricted data, and what it leaves in the audit chain.

Belongs here: the verbs that a district may use, asking and telling. Does not belong here: the decision (`ingest.access`).
"""

from __future__ import annotations

from ingest.access import Reader, reader_now, told
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.settings import MARKER, Settings

OF_DISTRICTS = ("submit", "status", "findings", "explain-finding", "sql", "extract", "page", "explain", "essa")
"""Verbs that hold a district to its own LEAs themselves."""


def refuse_other_verbs(verb: str) -> None:
    """Refuse a district the verbs of the agency.

    Raises:
        Refusal: this one is; or the reader is nobody's.
    """
    settings = Settings.read()
    if not (settings.home / MARKER).exists():
        return
    registry = Registry.open(settings)
    reader = reader_now(registry, settings.reader)
    if not reader.may_read(None) and verb not in OF_DISTRICTS:
        raise Refusal(f"`edfin {verb}` is for the agency; {reader.name} may use {', '.join(OF_DISTRICTS)} and check.")


def read_of(
    settings: Settings, command: str, lea_id: str | None, *, may_be_part: bool = False, **what: object
) -> Reader:
    """Decide on a read of restricted data and write it in the audit chain. `may_be_part`: of all LEAs, held to the reader's own later on.

    Raises:
        Refusal: the reader may not.
    """
    registry = Registry.open(settings)
    reader = reader_now(registry, settings.reader)
    if not (may_be_part and lea_id is None):
        reader.check(lea_id)
    told(registry, reader, command, lea_id, **what)
    return reader
