"""Signed heads: lines that state the length and the last digest of the chain at a moment.

Anyone who can write to the record could rewrite the whole chain, but not the heads that have already left the machine. The
setting ``GUICHET_AUDIT_HEADS`` names a file (on another machine's disk, append-only where possible) or an address that
receives them.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.secrets import derived_key


class Head(BaseModel):
    """One line. ``erased``: conversations erased since the line before, so that they are erased again after a restore.

    ``key`` is the public key (hex) with which anyone can check ``signature`` (hex, Ed25519).
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    digest: str
    at: datetime
    erased: tuple[str, ...] = ()
    key: str
    signature: str

    def line(self) -> str:
        """Returns the exported line: JSON and a line end."""
        return self.model_dump_json() + "\n"


class Signer:
    """Signs heads with a key derived from ``GUICHET_AUDIT_KEY`` (any length), which has no other use."""

    def __init__(self, key: str) -> None:
        if not key:
            raise ValueError("the audit key is empty")
        self._private = Ed25519PrivateKey.from_private_bytes(derived_key(key, b"guichet audit heads"))
        self._public = self._private.public_key()

    @property
    def public(self) -> str:
        """Returns the public key as hex."""
        return self._public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, seq: int, digest: str, erased: tuple[str, ...] = ()) -> Head:
        unsigned = Head(seq=seq, digest=digest, at=datetime.now(UTC), erased=erased, key=self.public, signature="")
        return unsigned.model_copy(update={"signature": self._private.sign(_signed_content(unsigned)).hex()})

    def has_signed(self, head: Head) -> bool:
        """Decides whether ``head`` has our signature and is unchanged."""
        try:
            self._public.verify(bytes.fromhex(head.signature), _signed_content(head))
        except (InvalidSignature, ValueError):
            return False
        return head.key == self.public


def _signed_content(head: Head) -> bytes:
    return orjson.dumps([head.seq, head.digest, head.at.astimezone(UTC).isoformat(), list(head.erased), head.key])


async def export(head: Head, destination: str) -> None:
    """Exports ``head``: appends it to a file, or sends it by ``POST`` to an address.

    Raises ``OSError`` or ``httpx.HTTPError``.
    """
    if destination.startswith(("https://", "http://")):
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(destination, content=head.line(), headers={"Content-Type": "application/json"})
            answer.raise_for_status()
        return
    await asyncio.to_thread(_append, Path(destination), head.line())


def load_heads(path: Path) -> list[Head]:
    """Returns all heads of an exported file. Raises ``OSError``, and ``ValueError``, which names the line."""
    heads, adapter = [], TypeAdapter(Head)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip():
            try:
                heads.append(adapter.validate_json(line))
            except ValueError as error:
                raise ValueError(f"line {number} of {path} is not a head") from error
    return heads


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
