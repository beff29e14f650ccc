"""One state through two nights: as it is, then with every mistake of planted.yaml in somebody's file.

Belongs here: the two nights. Does not belong here: the mistakes (`planted`), what must be found (the tests).
"""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from planted import PLANTED, mistake, planned
from state import OWN, State, own_layout

from ingest.settings import project_folder

SAMPLE = ("--leas", 44, "--first-year", 2024, "--last-year", 2025, "--seed", 5)
SOURCE = "this test"
THRESHOLDS = (
    # Only of 2025 may books be missing: 2024, with the same gap between the sides, stays silent.
    ("ledger_106", "missing", 10, 2025), ("ledger_107", "missing", 10, 2025), ("ledger_126", "others", 60, None),
)  # fmt: skip


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """The project, with layouts for the sample state; all else is linked."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "states" / "sample" / "layouts").mkdir(parents=True)
    for path in project_folder().iterdir():
        if path.name != "states":
            (folder / path.name).symlink_to(path)
    for path in (project_folder() / "states").iterdir():
        if path.name != "sample":
            (folder / "states" / path.name).symlink_to(path)
    for path in (project_folder() / "states" / "sample").glob("*.csv"):
        (folder / "states" / "sample" / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="session")
def reviewed(new_home, project):
    """`before` and `after`: the findings of each planted submission's slot; `ids` the submissions planted."""
    home = new_home("review", EDFIN_PROJECT=str(project))
    home.ok("sample", *SAMPLE)
    home.ok("nightly")
    state = State(home)
    sent = list(planned())
    state.read_accounts({one["lea"] for one in sent})
    before = state.findings(PLANTED)
    of_state = _of_state(home)
    _change_reference(home)
    files = {}
    for one in sent:
        key = one["lea"], one["file"]
        if key not in files:
            files[key] = state.rows(*key)
        mistake(one["plant"])(files[key], state, one["lea"], one.get("size"))
    layouts = project / "states" / "sample" / "layouts"
    own = {(one["lea"], one["file"]) for one in sent if one.get("layout")}
    for _lea_id, collection in own:
        (layouts / f"{collection}_{OWN}.yml").write_text(own_layout(collection, list(files["0133", collection][0])))
    state.send(files, own)
    home.ok("nightly")
    return SimpleNamespace(
        home=home, state=state, before=before, after=state.findings(PLANTED),
        of_state_before=of_state, of_state=_of_state(home), sent=set(files),
    )  # fmt: skip


def _of_state(home) -> set:
    """What the edits say of the state as a whole."""
    newest = max((home.path / "runs").glob("*/state_findings.json"))
    return {(one["edit_id"], one["fiscal_year"], one["item_key"]) for one in json.loads(newest.read_text())}


def _change_reference(home) -> None:
    """Districts that close and open, with and without an event; a project nobody books; limits of the state's own."""
    folder, own = home.path / "sample" / "reference", project_folder() / "states" / "sample"
    with (folder / "leas.csv").open(newline="") as stream:
        names = next(csv.reader(stream))
    leas = [("0900", "", 2024), ("0907", "", 2024), ("0914", 2025, ""), ("0921", 2025, "")]
    with (folder / "leas.csv").open("a", newline="") as stream:
        for number, (lea_id, first, last) in enumerate(leas):
            row = {
                "lea_id": lea_id,
                "nces_lea_id": f"99009{number:02}",
                "lea_name": f"District {lea_id}",
                "is_charter": "N",
            }
            row |= {"lea_type_code": 1, "locale_code": 42, "region_name": "Hills", "lineage_id": f"L{lea_id}"}
            row |= {"first_fiscal_year": first or 2024, "last_fiscal_year": last, "source": SOURCE}
            csv.DictWriter(stream, names, lineterminator="\n").writerow(row)
    events = [
        ("E1", "absorb", "0907", "0287", 1),
        ("E2", "split", "0287", "0921", 0.1),
        ("E2", "split", "0287", "0287", 0.9),
    ]
    _append(folder, own, "lea_events.csv", [
        (one, kind, 2025, before, after, weight, "pupils", "N", SOURCE) for one, kind, before, after, weight in events
    ])  # fmt: skip
    _append(folder, own, "projects.csv", [("9900", "Nobody books it", "state", "N", "N", "restricted", "", "", SOURCE)])
    _append(folder, own, "thresholds.csv", [(*one, "", SOURCE) for one in THRESHOLDS])


def _append(folder, own, name, rows) -> None:
    with (folder / name).open("w", newline="") as stream:
        stream.write((own / name).read_text())
        csv.writer(stream, lineterminator="\n").writerows(rows)
