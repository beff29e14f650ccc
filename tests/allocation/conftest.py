"""Scenarios written to a folder and worked out by the command.

Belongs here: running `edfin simulate`. Does not belong here: what must come out.
"""

import csv
import io
import json

import pytest
import yaml


@pytest.fixture
def simulated(new_home):
    """Work scenarios out over a CSV of schools: rows by (scenario, school), or what the command said."""
    home = new_home("simulate")

    def run(schools: list[dict], *scenarios: dict, **more) -> dict[tuple[str, str], dict] | str:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(schools[0]))
        writer.writeheader()
        writer.writerows(schools)
        (home.path / "schools.csv").write_text(text.getvalue())
        (home.path / "scenario.yml").write_text(
            yaml.safe_dump({"schools": "schools.csv", "scenarios": list(scenarios), **more})
        )
        done = home.run("simulate", "scenario.yml", "--format", "json", "--report", "report.html")
        if done.returncode:
            assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
            return done.stderr
        return {(row["scenario"], row["school_id"]): row for row in json.loads(done.stdout)}

    run.page = home.path / "report.html"
    return run
