"""``./guichet settings``: every setting, described, as ``.env.example``."""

import textwrap
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from core.settings import ROOT, Settings
from core.settings.validators import variable_of

_HEADER = """\
# Every setting of Guichet, with its default. Written by `./guichet settings > .env.example`; a test compares the two.
# Copy what you change into .env. Secrets are written there at random by ./guichet up: never reuse one.
"""


def settings() -> None:
    """Print every setting with its description and default, in the form of .env.example."""
    print(render(), end="")


def render() -> str:
    """Returns the text of ``.env.example``."""
    return _HEADER + "".join(_paragraph(name, field) for name, field in Settings.model_fields.items())


def _paragraph(name: str, field: FieldInfo) -> str:
    description = "\n".join(textwrap.wrap(field.description or "", 110, initial_indent="# ", subsequent_indent="# "))
    return f"\n{description}\n# {variable_of(name, field)}={_default(field)}\n"


def _default(field: FieldInfo) -> str:
    if field.is_required() or isinstance(field.default, SecretStr):
        return ""
    if isinstance(field.default, Path):
        return str(field.default.relative_to(ROOT))
    if isinstance(field.default, bool):
        return str(field.default).lower()
    return str(field.default)
