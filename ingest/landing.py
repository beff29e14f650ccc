"""Landing: the bytes as districts sent them, encrypted, one object per sha256, for ever.

An object is `EDFIN1` + 12 random bytes + AES-256-GCM of the file, its sha256 as associated data: an object moved to another name
does not open. `landing/ab/<sha256>.enc`, the receipts `<sha256>.<submission_id>.json` and the tombstone `<sha256>.purged.json`
lie side by side.

Belongs here: keeping, opening, receipting and purging bytes.
Does not belong here: what the bytes mean, versions and slots (`registry`); clear text never touches a disk here.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ingest.atomic_files import private_folder, sync_folder, write_bytes
from ingest.keys import Keys
from ingest.refusals import Refusal, SystemFailure
from ingest.settings import Settings

MAGIC = b"EDFIN1"
NONCE_SIZE = 12
LARGEST = 2**31 - 64  # one AES-GCM message


def purged_before(sha256: str, at: str, reason: str) -> Refusal:
    """What somebody is told who sends purged bytes again."""
    return Refusal(
        f"These bytes (sha256 {sha256[:12]}…) were purged on {at[:10]} ({reason}) and are not taken again. "
        "Send a file without what the purge removed."
    )


class Landing:
    """The store below `$EDFIN_HOME/landing`."""

    def __init__(self, folder: Path, encryption_key: bytes) -> None:
        self.folder = folder
        self._cipher = AESGCM(encryption_key)

    @classmethod
    def open(cls, settings: Settings) -> Landing:
        """Open the landing of this home, creating it on first use."""
        keys = Keys.open(settings)
        return cls(private_folder(settings.home / "landing"), keys.encryption_key)

    def put(self, path: Path) -> tuple[str, int]:
        """Keep the bytes of a file; returns their sha256 and size.

        Raises:
            Refusal: no readable file, too large, or bytes that were purged.
        """
        try:
            if path.stat().st_size > LARGEST:
                raise Refusal(f"{path}: files over 2 GB are not taken. Send the rows as Parquet, which is far smaller.")
            data = path.read_bytes()
        except OSError as problem:
            raise Refusal(f"{path}: cannot be read ({problem.strerror}).") from problem
        return self.put_bytes(data)

    def put_bytes(self, data: bytes) -> tuple[str, int]:
        """Keep bytes; the same bytes are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.is_purged(sha256):
            said = json.loads(self._tombstone(sha256).read_bytes())
            raise purged_before(sha256, said["purged_at"], said["reason"])
        target = self._object(sha256)
        if not target.exists():
            nonce = os.urandom(NONCE_SIZE)
            sealed = MAGIC + nonce + self._cipher.encrypt(nonce, data, sha256.encode())
            write_bytes(target, sealed, mode=0o600)
        return sha256, len(data)

    def open_bytes(self, sha256: str) -> bytes:
        """Decrypt into memory.

        Raises:
            Refusal: the bytes were purged.
            SystemFailure: the object is missing, damaged, or sealed with another key.
        """
        if self.is_purged(sha256):
            raise Refusal(f"The bytes {sha256[:12]}… were purged: submit a corrected file for the slot.")
        try:
            sealed = self._object(sha256).read_bytes()
        except OSError as problem:
            raise SystemFailure(
                f"Landing object {sha256} cannot be read ({problem.strerror}): restore it from the backup."
            ) from problem
        start = len(MAGIC) + NONCE_SIZE
        try:
            if not sealed.startswith(MAGIC):
                raise InvalidTag
            return self._cipher.decrypt(sealed[len(MAGIC) : start], sealed[start:], sha256.encode())
        except InvalidTag:
            raise SystemFailure(
                f"Landing object {sha256} is damaged or was sealed with another key: restore it from the backup."
            ) from None

    def has(self, sha256: str) -> bool:
        return self._object(sha256).exists()

    def is_purged(self, sha256: str) -> bool:
        return self._tombstone(sha256).exists()

    def write_receipt(self, receipt: dict) -> Path:
        """Keep the receipt of one submission beside its object; it must hold `sha256` and `submission_id`."""
        path = self._beside(receipt["sha256"], receipt["submission_id"])
        if not path.exists():
            self._write_receipt(path, receipt)
        return path

    def mark_receipt(self, sha256: str, submission_id: str, **more: object) -> None:
        """Add to a receipt, where there is one."""
        path = self._beside(sha256, submission_id)
        if path.exists():
            self._write_receipt(path, json.loads(path.read_bytes()) | more)

    def _write_receipt(self, path: Path, receipt: dict) -> None:
        write_bytes(path, json.dumps(receipt, indent=1, sort_keys=True).encode(), durable=False)

    def receipts(self) -> list[dict]:
        """Every receipt, in no order."""
        beside = self.folder.glob("??/[0-9a-f]*.json")
        return [json.loads(path.read_bytes()) for path in beside if not path.name.endswith(".purged.json")]

    def purge(self, sha256: str, *, at: str, by: str, reason: str) -> None:
        """Remove the bytes and leave a tombstone. The tombstone comes first: a kill in between leaves nothing readable."""
        tombstone = {"sha256": sha256, "purged_at": at, "by": by, "reason": reason}
        write_bytes(self._tombstone(sha256), json.dumps(tombstone, indent=1).encode())
        self._object(sha256).unlink(missing_ok=True)
        sync_folder(self._object(sha256).parent)

    def _object(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.enc"

    def _tombstone(self, sha256: str) -> Path:
        return self._beside(sha256, "purged")

    def _beside(self, sha256: str, name: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.{name}.json"
