"""Runs uv, which reads the lock, writes bills of materials and looks up vulnerabilities."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from cli.language import Refusal
from core.settings import ROOT

_PREVIEWS = ("audit-command", "json-output", "sbom-export")
_TIMEOUT_SECONDS = 120


def run(arguments: Sequence[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs ``uv ARGUMENTS`` in ``folder``. Raises ``Refusal`` if there is no uv, or it does not end."""
    uv = os.environ.get("GUICHET_UV", "") or shutil.which("uv") or str(ROOT / ".guichet" / "uv" / "bin" / "uv")
    try:
        return subprocess.run(  # noqa: S603 - uv, as ./guichet found or installed it
            [uv, *arguments, "--preview-features", ",".join(_PREVIEWS)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except FileNotFoundError:
        raise Refusal(
            "uv est introuvable : lancez cette commande par ./guichet, qui l'installe.",
            "uv is not to be found: run this command through ./guichet, which installs it.",
        ) from None
    except subprocess.TimeoutExpired:
        raise Refusal(
            f"uv n'a pas répondu en {_TIMEOUT_SECONDS} s : vérifiez le réseau, puis relancez.",
            f"uv did not end within {_TIMEOUT_SECONDS} s: check the network, then try again.",
        ) from None
