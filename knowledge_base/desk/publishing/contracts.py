"""The types that this part needs from the composition root, since ``knowledge_base`` imports neither channels nor actions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CitizenReply:
    """A reply as a citizen gets it on one channel. ``segments`` is its length in SMS, 0 on the website. ``blocks`` is what the
    widget draws it from.
    """

    text: str
    outcome: str
    entry: str
    segments: int = 0
    blocks: Sequence[Mapping[str, Any]] = ()


# A masked message and the citizen's language → channel → reply. A channel without a reply is left out.
Replies = Callable[[str, str], Awaitable[Mapping[str, CitizenReply]]]


async def no_replies(_message: str, _language: str) -> Mapping[str, CitizenReply]:
    """Returns no replies: there is no running service."""
    return {}
