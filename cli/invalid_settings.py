"""Messages for unreadable settings. A module of its own, because every command imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.bad_setting import reason_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def faults_of(error: ValidationError) -> tuple[str, str]:
    """Returns the settings that ``error`` is about, each with its fault, in French and English, without the values."""
    faults = [_fault(detail) for detail in error.errors()]
    return ", ".join(fr for fr, _ in faults), ", ".join(en for _, en in faults)


def _fault(detail: ErrorDetails) -> tuple[str, str]:
    fr, en = reason_of(detail)
    if not detail["loc"]:
        return fr, en
    name = str(detail["loc"][0])
    variable = name if name.isupper() else f"GUICHET_{name.upper()}"  # in capitals: the name under which it was found
    return f"{variable} ({fr})", f"{variable} ({en})"
