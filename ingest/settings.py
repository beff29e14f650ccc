"""What differs between two installations, and where the project's own files lie.

Belongs here: the EDFIN_* settings, the one-state-per-home rule, the folders `dbt/` and `states/`.
Does not belong here: anything about a state's data (`states/<state>/`), anything opened or created beyond the home's marker.
"""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.refusals import Refusal

MARKER = "state.txt"
PREFIX = "EDFIN_"
KNOWN = tuple(f"{PREFIX}{name}" for name in ("HOME", "STATE", "REGISTRY", "KEY_FILE", "PROJECT", "EXTRACTS", "READER"))
"""What `.env` may set."""


def project_folder() -> Path:
    """The folder that holds `dbt/` and `states/`: the checkout this package lies in, else `sys.prefix/share/edfin`."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "dbt").is_dir() else Path(sys.prefix) / "share" / "edfin"


@cache
def _doubt_unknown_keys(file: Path) -> None:
    """A misspelt name would be passed over in silence, and another home be used than the one meant."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    for name in re.findall(rf"^\s*(?:export\s+)?({PREFIX}\w+)\s*=", text, re.IGNORECASE | re.MULTILINE):
        if name.upper() not in KNOWN:
            near = get_close_matches(name.upper(), KNOWN, n=1, cutoff=0)[0]
            print(f"edfin: warning: {file}: {name} is no setting; the nearest is {near}.", file=sys.stderr)


class Settings(BaseSettings):
    """Read from the environment, then from `.env` in the working folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", populate_by_name=True)

    home: Path = Path("data")
    state: str = Field("sample", pattern=r"^[a-z][a-z0-9_]*$")
    registry_url: str = Field("", validation_alias=AliasChoices("registry_url", "EDFIN_REGISTRY"))
    key_file: Path | None = None
    project: Path = Field(default_factory=project_folder)
    extracts: str = Field("nightly", pattern=r"^(nightly|asked)$")
    reader: str = ""

    @field_validator("home", "project")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("key_file", mode="before")
    @classmethod
    def _key_file(cls, path: object) -> object:
        """An empty entry means the default, as it does for every setting of `.env.example`."""
        return Path(str(path)).expanduser().absolute() if path else None

    def model_post_init(self, _context: object) -> None:
        self.registry_url = self.registry_url or f"sqlite:///{self.home / 'registry.db'}"
        self.key_file = self.key_file or self.home / "key"

    @classmethod
    def read(cls, **given: object) -> Settings:
        """Read the settings; a value that cannot be used is refused in one line."""
        try:
            _doubt_unknown_keys(Path(cls.model_config["env_file"]).absolute())
            return cls(**given)
        except UnicodeDecodeError:
            raise Refusal(
                f"{Path(cls.model_config['env_file']).absolute()} is not UTF-8 text: save it as UTF-8."
            ) from None
        except ValidationError as problem:
            first = problem.errors()[0]
            name = "EDFIN_" + "_".join(str(part) for part in first["loc"]).removeprefix("EDFIN_").upper()
            raise Refusal(f"{name} cannot be used: {first['msg']} (got {first['input']!r}).") from None

    def claim_home(self) -> Path:
        """Create the home on first use and hold it to its state.

        Raises:
            Refusal: the home belongs to another state.
        """
        marker = self.home / MARKER
        if not marker.exists():
            self._write_marker(marker)
        held = marker.read_text(encoding="utf-8").strip()
        if held != self.state:
            raise Refusal(
                f"{self.home} holds state '{held}', but EDFIN_STATE is '{self.state}'. "
                f"One EDFIN_HOME holds one state: set EDFIN_STATE={held}, or choose another EDFIN_HOME."
            )
        return self.home

    def _write_marker(self, marker: Path) -> None:
        """Two first users may race: the link that comes first decides."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            draft = self.home / f".{MARKER}.{os.getpid()}"
            draft.write_text(self.state + "\n", encoding="utf-8")
            try:
                os.link(draft, marker)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        except OSError as problem:
            raise Refusal(f"EDFIN_HOME {self.home} cannot be used: {problem.strerror}.") from problem

    @cached_property
    def sources_folder(self) -> Path:
        """The collection contracts."""
        return self.project / "dbt" / "models" / "sources"

    @cached_property
    def national_folder(self) -> Path:
        return self.project / "dbt" / "seeds"

    @cached_property
    def state_folder(self) -> Path:
        return self.project / "states" / self.state

    @cached_property
    def template_folder(self) -> Path:
        return self.project / "states" / "_template"

    @cached_property
    def raw_folder(self) -> Path:
        return self.home / "raw"
