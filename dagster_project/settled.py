"""What the last settled night stood on, and whether anything has changed since.

Belongs here: comparing hashes and positions, before Great Expectations is imported or dbt is started.
Does not belong here: running a night (`nightly`, `automation`).
"""

from __future__ import annotations

from dagster_project.house import House, code_version
from publish.pointers import Listed, history, list_generations
from publish.shelves import Shelf

# Events that change what the warehouse would say.
MATERIAL = ("received", "accepted", "suspended", "certified", "reopened", "withdrawn", "purged", "explained", "waived", "regate_requested", "raw_file_replaced")  # fmt: skip


def told_until(house: House) -> int:
    """The event up to which a report has told what happened: a night that was killed told nothing."""
    settled = newest_settled(house)
    return settled.event_position if settled else 0


def needs_build(house: House, reference_version: str) -> bool:
    """Whether data, reference or code have changed since the newest settled generation, by their hashes."""
    shelf = Shelf(house.home)
    switches = history(shelf)
    if not switches or switches[-1].generation_id != shelf.current_id():
        return True  # killed between the sentence in the history and the move of the link
    settled = newest_settled(house)
    if settled is None or (settled.reference_version, settled.code_version) != (reference_version, code_version()):
        return True
    return bool(house.registry.events(after=settled.event_position, event_types=MATERIAL))


def newest_settled(house: House) -> Listed | None:
    """The newest generation that was current once; of two with the same data, the one switched to last.

    After a rollback nothing is new; one that a killed night wrote, and one held back, is built and told again.
    """
    turn = {switched.generation_id: number for number, switched in enumerate(history(Shelf(house.home)))}
    known = [one for one in list_generations(house.home) if one.generation_id in turn]
    return max(known, key=lambda one: (one.event_position, turn[one.generation_id]), default=None)
