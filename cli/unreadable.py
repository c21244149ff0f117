"""Settings that cannot be read, in words. Apart, since every command imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.redis_address import BadAddress

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def unreadable(error: ValidationError) -> tuple[str, str]:
    """The settings that ``error`` is about, each with what is wrong, in French and English; the values are not repeated."""
    told = [_told(detail) for detail in error.errors()]
    return ", ".join(fr for fr, _ in told), ", ".join(en for _, en in told)


def _told(detail: ErrorDetails) -> tuple[str, str]:
    reason = detail.get("ctx", {}).get("error")
    fr, en = (reason.fr, reason.en) if isinstance(reason, BadAddress) else (detail["msg"], detail["msg"])
    if not detail["loc"]:
        return fr, en
    name = str(detail["loc"][0])
    variable = name if name.isupper() else f"GUICHET_{name.upper()}"  # in capitals: the name under which it was found
    return f"{variable} ({fr})", f"{variable} ({en})"
