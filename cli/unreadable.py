"""Settings that cannot be read, in words. Apart, since every command imports it."""

from __future__ import annotations

from pydantic import ValidationError


def unreadable(error: ValidationError) -> str:
    """The settings that ``error`` is about, each with what is wrong; the values are not repeated."""
    told = ((str(detail["loc"][0]) if detail["loc"] else "", detail["msg"]) for detail in error.errors())
    return ", ".join(f"GUICHET_{name.upper()} ({message})" if name else message for name, message in told)
