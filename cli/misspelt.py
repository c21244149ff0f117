"""Names in ``.env`` or the environment that look like settings and are none."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from dotenv import dotenv_values

from cli.progress import VARIABLE
from core.settings import Settings
from core.settings.kinds import variable_of

_PREFIX = "GUICHET_"
_OURS = frozenset({"GUICHET_LANG", "GUICHET_UV", "GUICHET_TRACKERS_URL", VARIABLE})  # what ./guichet itself reads


def misspelt(file: Path) -> dict[str, str]:
    """Each such name, with the setting that it resembles (or an empty text)."""
    settings = {variable_of(name, field) for name, field in Settings.model_fields.items()}
    known = settings | _OURS | {f"{_PREFIX}DATABASE_URL", f"{_PREFIX}REDIS_URL"}
    given = (*(dotenv_values(file, interpolate=False) if file.exists() else ()), *os.environ)
    strange = sorted({name for name in given if name.upper().startswith(_PREFIX) and name.upper() not in known})
    return {name: next(iter(difflib.get_close_matches(name.upper(), sorted(settings), n=1)), "") for name in strange}
