"""The times that Rasa's response reports, as spans within the current one."""

from __future__ import annotations

import re

from core.telemetry import tracing

HEADER = "x-guichet-parts"
_PART = re.compile(r"([a-z]{1,16})=(\d{19})-(\d{19})")  # nanoseconds since 1970


def note_parts(header: str) -> None:
    """Records spans of the parts in ``header`` (``bot/trace.py``); skips parts of another form."""
    for written in header.split(", "):
        if match := _PART.fullmatch(written):
            tracing.past(match[1], int(match[2]), int(match[3]))
