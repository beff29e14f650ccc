"""planted.yaml as data: the mistakes, in whose files, and those too small to be told.

Belongs here: reading the list. Does not belong here: what a mistake does to a file (`plants_ledger`, `plants_people`).
"""

from pathlib import Path

import plants_ledger
import plants_people
import yaml

PLANTED = yaml.safe_load((Path(__file__).parent / "planted.yaml").read_text())
NEAR = PLANTED.pop("near")


def mistake(name: str):
    """The function that makes a mistake."""
    return getattr(plants_ledger, name, None) or getattr(plants_people, name)


def planned():
    """Every change of a file: of the edits, of what goes with them, of the mistakes that are too small."""
    for edit_id, one in PLANTED.items():
        if "plant" in one:
            yield {"file": edit_id.split("_")[0]} | one | {"edit": edit_id}
            if "with" in one:
                yield {"lea": one["lea"], "edit": edit_id} | one["with"]
        elif "lea" in one:
            yield {"file": "ledger", "plant": "as_it_is", "edit": edit_id} | one
    yield from NEAR
