"""What this part needs from the composition root, since ``knowledge_base`` imports neither channels nor actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitizenReply:
    """A reply as a citizen of one channel gets it. ``segments`` is what it costs by SMS, 0 on the website."""

    text: str
    outcome: str
    entry: str
    segments: int = 0


# A masked message, and the language that the citizen chose → channel → reply; a channel that gave none is left out.
Replies = Callable[[str, str], Awaitable[Mapping[str, CitizenReply]]]


async def no_replies(_message: str, _language: str) -> Mapping[str, CitizenReply]:
    """Gives none: there is no running service to ask."""
    return {}
