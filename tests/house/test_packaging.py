"""What the code imports is declared, and what is declared is locked, without the address of any registry.

Belongs here: `pyproject.toml`, `requirements.lock` and the imports, compared. Does not belong here: installing anything.
"""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
HOUSES = ("allocation", "dagster_project", "publish", "ingest", "expectations", "sample", "bench", "portal")
LOCK = (PROJECT / "requirements.lock").read_text("utf-8")


def _declared() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    found = [Requirement(text) for texts in lists for text in texts]
    return [requirement for requirement in found if requirement.name != project["name"]]


def _imported() -> set[str]:
    names = set()
    for path in (path for house in HOUSES for path in (PROJECT / house).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(HOUSES) - sys.stdlib_module_names


def test_every_import_is_declared():
    declared = {canonicalize_name(requirement.name) for requirement in _declared()}
    known = packages_distributions()
    missing = {
        name for name in _imported() if not declared & {canonicalize_name(found) for found in known.get(name, [name])}
    }
    assert not missing, f"pyproject.toml does not name the packages of: {sorted(missing)}"


def test_the_lock_satisfies_what_is_declared():
    pins = {
        (canonicalize_name(name), version)
        for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", LOCK, re.MULTILINE)
    }
    stale = [
        str(requirement)
        for requirement in _declared()
        if not any(
            name == canonicalize_name(requirement.name) and requirement.specifier.contains(version)
            for name, version in pins
        )
    ]
    assert not stale, f"`make lock` is due: {stale}"


def test_the_lock_holds_hashes_and_no_address():
    pins = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==.*(?:\n +--hash=sha256:[0-9a-f]{64}.*)*", LOCK, re.MULTILINE)
    assert pins and all("--hash=" in pin for pin in pins)
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|^ *# .*\s/", LOCK, re.MULTILINE)


def test_what_packages_read_is_packed():
    """A template, a list or a script left out of `package-data` is missing only where the project is installed."""
    packed = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    for house in HOUSES:
        there = {path for path in (PROJECT / house).rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
        found = {path for pattern in packed.get(house, ()) for path in (PROJECT / house).glob(pattern)}
        assert not there - found, f"package-data of {house} lacks {sorted(map(str, there - found))}"
