"""Who may read what: readers, what they were granted, and the one function that decides.

A reader is who EDFIN_READER names, else the user who is logged in. Grants and their end are events of the audit chain. While nobody was ever
granted anything, whoever can open the home is the agency itself.

Belongs here: that decision, granting, telling of reads. Does not belong here: holding a query to it (`publish.district_door`), proving who
somebody is: that is the operating system's, whose file permissions keep others from the home.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.audit import Event
from ingest.refusals import Refusal
from ingest.registry import Registry

AGENCY, DISTRICT = "agency", "district"
GRANTED, REVOKED, READ = "reader_granted", "reader_revoked", "read"
RESTRICTED = "restricted"
NO_DATA = (GRANTED, REVOKED, READ)
"""Events that change no figure."""
EVERYBODYS = ("dim_fiscal_year", "dim_account", "generation")
"""Tables without a row about any LEA."""
LONGEST = 100_000
"""Characters of a query: a longer one is refused, for what was asked must stand in the chain whole."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads. The agency reads of every LEA; a district of its own LEAs."""

    name: str
    role: str
    lea_ids: frozenset[str] = frozenset()

    def may_read(self, lea_id: str | None, audience: str = RESTRICTED) -> bool:
        """The decision: may this reader see restricted data of the LEA; of all LEAs together where it is None."""
        return audience != RESTRICTED or self.role == AGENCY or (lea_id is not None and lea_id in self.lea_ids)

    def check(self, lea_id: str | None) -> None:
        """Refuse what this reader may not read or send.

        Raises:
            Refusal: it is another LEA's, or all LEAs'.
        """
        if not self.may_read(lea_id):
            whose = f"LEA {lea_id}" if lea_id else "every LEA"
            raise Refusal(f"{self.name} may read {', '.join(sorted(self.lea_ids))} only, and this is of {whose}.")


def readers(events: Iterable[Event]) -> dict[str, Reader]:
    """Who may read, by the events of granting and revoking, in their order."""
    found: dict[str, Reader] = {}
    for event in events:
        name = event.payload["reader"]
        if event.event_type == REVOKED:
            found.pop(name, None)
        else:
            found[name] = Reader(name, event.payload["role"], frozenset(event.payload["lea_ids"]))
    return found


def reader_now(registry: Registry, name: str) -> Reader:
    """The reader of this call. `name`: what EDFIN_READER says; empty: the user who is logged in.

    Raises:
        Refusal: others were granted something, and this one nothing.
    """
    name = name or getpass.getuser()
    events = registry.events(event_types=(GRANTED, REVOKED))
    if not events:
        return Reader(name, AGENCY)
    known = readers(events)
    if name not in known:
        raise Refusal(f"{name} may read nothing here: the agency grants it with `edfin grant {name} --role … --by …`.")
    return known[name]


def grant(registry: Registry, name: str, role: str, lea_ids: Iterable[str], by: str) -> Reader:
    """Let somebody read.

    Raises:
        Refusal: a district without an LEA, an agency with one; nobody of the agency would be left to grant anything.
    """
    given = frozenset(lea_ids)
    if (role == DISTRICT) != bool(given):
        raise Refusal("Role district needs --lea, once for each LEA; role agency reads of all and takes none.")
    left = readers(registry.events(event_types=(GRANTED, REVOKED)))
    left[name] = Reader(name, role, given)
    _check_somebody_is_left(left)
    registry.append(GRANTED, None, by, {"reader": name, "role": role, "lea_ids": sorted(given)})
    return left[name]


def revoke(registry: Registry, name: str, by: str) -> None:
    """End what somebody was granted.

    Raises:
        Refusal: nothing was; nobody of the agency would be left.
    """
    left = readers(registry.events(event_types=(GRANTED, REVOKED)))
    if left.pop(name, None) is None:
        raise Refusal(f"{name} was granted nothing: `edfin readers` lists who was.")
    _check_somebody_is_left(left)
    registry.append(REVOKED, None, by, {"reader": name})


def _check_somebody_is_left(known: Mapping[str, Reader]) -> None:
    if not any(one.role == AGENCY for one in known.values()):
        raise Refusal("Nobody of the agency would be left to grant anything: grant somebody the role agency first.")


def told(registry: Registry, reader: Reader, command: str, lea_id: str | None, **what: object) -> None:
    """Write in the audit chain that restricted data were read. `what`: the generation, the query, the submission.

    Raises:
        Refusal: it is too long to be told.
    """
    said = {name: value for name, value in what.items() if value}
    if any(isinstance(value, str) and len(value) > LONGEST for value in said.values()):
        raise Refusal(
            f"A query of more than {LONGEST:,} characters is not run: it must stand in the audit chain whole."
        )
    registry.append(READ, None, reader.name, {"command": command, "lea_id": lea_id or "*", **said})
