"""Digests of files, for manifests and their verification."""

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Returns SHA-256 as 64 hex digits. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
