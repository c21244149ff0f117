"""Names in ``.env`` or the environment that look like settings but are none, or have another name by now."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from dotenv import dotenv_values

from cli.progress import VARIABLE
from core.settings import Settings
from core.settings.validators import former_variables, variable_of, variables_of

_PREFIX = "GUICHET_"
_OURS = frozenset({"GUICHET_LANG", "GUICHET_UV", "GUICHET_TRACKERS_URL", VARIABLE})  # read by ./guichet itself


def misspelt_settings(file: Path) -> dict[str, str]:
    """Returns each such name, with the most similar setting (or an empty text)."""
    settings = {variable_of(name, field) for name, field in Settings.model_fields.items()}
    known = _OURS.union(*(variables_of(name, field) for name, field in Settings.model_fields.items()))
    strange = sorted({name for name in _given(file) if name.upper().startswith(_PREFIX) and name.upper() not in known})
    return {name: next(iter(difflib.get_close_matches(name.upper(), sorted(settings), n=1)), "") for name in strange}


def renamed_settings(file: Path) -> dict[str, str]:
    """Returns each former name of a setting that is still read, with the present one."""
    former = former_variables(Settings.model_fields)
    return {name: former[name.upper()] for name in sorted(set(_given(file))) if name.upper() in former}


def _given(file: Path) -> Iterator[str]:
    """Yields the names in ``file`` and in the environment."""
    yield from dotenv_values(file, interpolate=False) if file.exists() else ()
    yield from os.environ
