"""A manifest with a seal (a keyed digest): write access to the shared place is not enough to forge a snapshot."""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import ValidationError

from core.secrets import is_one_of
from retrieval.snapshots.folder import Manifest

_DIGEST = re.compile(r"[0-9a-f]{64}")


class SharedTorn(Exception):
    """The content of the shared place was changed, or does not come from this service. The message says which."""


def sealed(raw: str, key: str) -> bytes:
    """Returns the manifest ``raw`` with its seal."""
    return json.dumps({"manifest": raw, "seal": _seal(raw, key)}).encode()


def opened(content: bytes, version: str, keys: Sequence[str]) -> tuple[Manifest, str]:
    """Returns the manifest of ``version``, parsed and as text. Raises ``SharedTorn``."""
    try:
        read = json.loads(content)
        raw, seal = str(read["manifest"]), str(read["seal"])
    except (ValueError, KeyError, TypeError) as error:
        raise SharedTorn(f"The manifest of snapshot {version} is damaged in the shared place.") from error
    if not is_one_of(seal, [_seal(raw, key) for key in keys]):
        raise SharedTorn(f"Snapshot {version} was not shared by this service, or by one with another GUICHET_SECRET_KEY.")
    try:
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise SharedTorn(f"Snapshot {version} was shared by another version of the service.") from error
    names = [PurePosixPath(name) for name in manifest.digests]
    unsafe = any(name.is_absolute() or ".." in name.parts for name in names)
    if manifest.version != version or unsafe or not all(map(_DIGEST.fullmatch, manifest.digests.values())):
        raise SharedTorn(f"The manifest of snapshot {version} in the shared place is of something else.")
    return manifest, raw


def _seal(raw: str, key: str) -> str:
    return hmac.new(key.encode(), b"guichet snapshot\n" + raw.encode(), hashlib.sha256).hexdigest()
