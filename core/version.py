"""The version of this code: that of ``pyproject.toml``, and the commit of the checkout."""

import subprocess
import tomllib
from functools import cache

from core.settings import ROOT


@cache
def version() -> str:
    """Returns the released version that this code is, or comes after."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


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
