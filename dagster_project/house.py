"""One EDFIN_HOME, opened: what every step of a night works with.

Belongs here: opening settings, registry, landing, keys and the pinned reference together; names of work folders.
Does not belong here: any step (`collections`, `warehouse`, `publish`), any schedule (`automation`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from ingest.contracts import Contract, contracts
from ingest.keys import Keys
from ingest.landing import Landing
from ingest.reference import ReferenceVersion, current_version, open_version
from ingest.registry import Registry
from ingest.settings import Settings, project_folder


@dataclass
class House:
    """The parts are opened when they are first used."""

    settings: Settings

    @classmethod
    def open(cls) -> House:
        """Open the home that the environment names."""
        return cls(Settings.read())

    @cached_property
    def registry(self) -> Registry:
        return Registry.open(self.settings)

    @cached_property
    def landing(self) -> Landing:
        return Landing.open(self.settings)

    @cached_property
    def keys(self) -> Keys:
        return Keys.open(self.settings)

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def contracts(self) -> dict[str, Contract]:
        return contracts(self.settings.sources_folder)

    @property
    def reference(self) -> ReferenceVersion:
        """The reference version pinned last: the night's own."""
        return open_version(
            self.settings, self.registry.pinned_reference() or current_version(self.settings, self.registry)
        )

    @property
    def build_folder(self) -> Path:
        return self.home / "build"

    @property
    def build_file(self) -> Path:
        return self.build_folder / "warehouse.duckdb"

    @property
    def target_folder(self) -> Path:
        """Where dbt leaves its artifacts."""
        return self.build_folder / "target"

    def close(self) -> None:
        if "registry" in self.__dict__:
            self.registry.close()


@lru_cache(maxsize=1)
def code_version() -> str:
    """Name the code that decides numbers, as it was when this process first asked."""
    return code_on_disk()


def code_on_disk() -> str:
    """A hash over the models, contracts and packages as they are now."""
    root = project_folder()
    files = sorted(
        path
        for folder, patterns in (
            ("dbt", ("*.sql", "*.yml")),
            ("ingest", ("*.py",)),
            ("expectations", ("*.py",)),
            ("publish", ("*.py",)),
        )
        for pattern in patterns
        for path in (root / folder).rglob(pattern)
        if "target" not in path.parts
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
