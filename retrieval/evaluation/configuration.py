"""The configuration of a run: all that its figures depend on."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from core.settings import ROOT
from retrieval.evaluation.runs import Configuration
from retrieval.snapshots.folder import Manifest


def configuration(manifest: Manifest, files: Sequence[Path], options: dict[str, str]) -> Configuration:
    """Returns the configuration of figures measured on the snapshot of ``manifest``."""
    return Configuration(
        snapshot=manifest.version,
        stage=manifest.stage,
        model=manifest.model,
        revision=manifest.revision,
        entries=manifest.counts["entries"],
        thresholds=manifest.thresholds,
        commit=commit(),
        files={file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        options=options,
    )


def commit() -> str:
    """Returns the checkout's commit, with a ``+`` if files were changed since; empty outside a repository."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(*arguments: str) -> str:
    found = subprocess.run(  # noqa: S603
        ["git", *arguments],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()
