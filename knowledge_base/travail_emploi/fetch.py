"""The pinned npm package of the Ministry of Labour's pages."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.npm import Pinned, fetch_pinned

PACKAGE = Pinned(
    "@socialgouv/fiches-travail-data@4.1174.0",
    "socialgouv-fiches-travail-data-4.1174.0.tgz",
    "6f9d01da5ae5b9f1a45671bffeff9487e332b17cbe86d519cf23de9e93ded64f",
)


def fetch(home: Path) -> Path:
    """Returns the package's file in ``{home}/packages``, downloaded once. Raises ``FetchFailed``. Blocking: run it in a
    thread.
    """
    return fetch_pinned(PACKAGE, home)
