"""The key file, and the two keys derived from it.

The file holds 32 random bytes in hex. HKDF-SHA256 (`cryptography`) derives the key of landing and the key of pseudonyms with
different labels, so that neither says anything about the other. Losing the file ends both: landing cannot be read, and a
person's pseudonym of next year no longer equals that of last year.

Belongs here: making, reading and recognising the key; pseudonyms.
Does not belong here: what is encrypted (`landing`), which columns are pseudonymised (the contracts say).
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import pyarrow as pa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ingest.atomic_files import sync_folder, unfinished, write_bytes
from ingest.refusals import SystemFailure
from ingest.settings import Settings

FINGERPRINT = "key.id"


class Keys:
    """The keys of one home."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def open(cls, settings: Settings) -> Keys:
        """Read the key file, making it on first use.

        Raises:
            SystemFailure: the file cannot be read, is no key, or is not the key this home was begun with.
        """
        home = settings.claim_home()
        recorded = home / FINGERPRINT
        if not settings.key_file.exists():
            if recorded.exists():
                raise SystemFailure(
                    f"The key {settings.key_file} is gone, and {home} was encrypted with it: "
                    "put the file back, or set EDFIN_KEY_FILE to where it is."
                )
            _make_key(settings.key_file)
        keys = cls(_read_key(settings.key_file))
        if not recorded.exists():
            write_bytes(recorded, keys.fingerprint.encode() + b"\n")
        if recorded.read_text().strip() != keys.fingerprint:
            raise SystemFailure(
                f"{settings.key_file} is not the key {home} was begun with: set EDFIN_KEY_FILE to the file that belongs to this home."
            )
        return keys

    @cached_property
    def encryption_key(self) -> bytes:
        return self._derived(b"edfin landing v1")

    @cached_property
    def fingerprint(self) -> str:
        """Names the key without telling anything about it."""
        return self._derived(b"edfin key fingerprint v1")[:8].hex()

    @cached_property
    def _pseudonym_key(self) -> bytes:
        return self._derived(b"edfin pseudonym v1")

    def _derived(self, label: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(self._secret)

    def pseudonym_of(self, clear_id: str | None) -> str | None:
        """HMAC-SHA256 of one trimmed, upper-cased id, zeros kept; nothing stays nothing."""
        folded = (clear_id or "").strip().upper()
        return hmac.digest(self._pseudonym_key, folded.encode(), "sha256").hex() if folded else None

    def pseudonym(self, clear_ids: pa.Array | pa.ChunkedArray | Iterable[str | None]) -> pa.Array:
        """Pseudonyms of a column; each distinct id is hashed once."""
        if not isinstance(clear_ids, pa.Array | pa.ChunkedArray):
            clear_ids = pa.array(clear_ids, pa.string())
        if isinstance(clear_ids, pa.ChunkedArray):
            clear_ids = clear_ids.combine_chunks()
        distinct = clear_ids if isinstance(clear_ids, pa.DictionaryArray) else clear_ids.dictionary_encode()
        hashed = pa.array([self.pseudonym_of(value) for value in distinct.dictionary.to_pylist()], pa.string())
        return hashed.take(distinct.indices)


def _make_key(path: Path) -> None:
    """A draft is written and synced, then linked: of two first users one wins and both read the same key."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = unfinished(path)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except OSError as problem:
        raise SystemFailure(
            f"The key {path} cannot be made: {problem.strerror}. Set EDFIN_KEY_FILE to a writable place."
        ) from problem


def _read_key(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as problem:
        raise SystemFailure(f"The key {path} cannot be read: {problem.strerror}.") from problem
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise SystemFailure(f"{path} is not a key of edfin (64 hexadecimal digits). Put the right file back.")
    return secret
