"""The differences between channels. Code depends on these properties, never on a channel's name."""

from dataclasses import dataclass
from typing import Literal

ChannelName = Literal["web", "sms"]


@dataclass(frozen=True, slots=True)
class Traits:
    """The properties of a channel.

    ``has_buttons``: choices are buttons, so they may stand anywhere; otherwise they are numbers that citizens type.
    ``has_keywords``: STOP, AIDE, SUITE … as whole messages are commands.
    ``pays_by_segment``: each part of a message costs, so optional content is left out.
    ``identifies_by_number``: a conversation belongs to a telephone number.
    ``takes_pictures``: a message without text is a picture.
    ``most_cases``: cases offered at a time: what fits on a telephone's screen, or in three segments of SMS.
    ``promised_seconds``: nearly all replies arrive within this time (docs/slo.md).
    """

    has_buttons: bool
    has_keywords: bool
    pays_by_segment: bool
    identifies_by_number: bool
    takes_pictures: bool
    most_cases: int
    promised_seconds: int


_WEB = Traits(
    has_buttons=True,
    has_keywords=False,
    pays_by_segment=False,
    identifies_by_number=False,
    takes_pictures=False,
    most_cases=8,
    promised_seconds=1,
)
_SMS = Traits(
    has_buttons=False,
    has_keywords=True,
    pays_by_segment=True,
    identifies_by_number=True,
    takes_pictures=True,
    most_cases=4,
    promised_seconds=10,
)
TRAITS: dict[ChannelName, Traits] = {"web": _WEB, "sms": _SMS}

CHANNELS: tuple[ChannelName, ...] = tuple(TRAITS)

BY_NUMBER = tuple(name for name, traits in TRAITS.items() if traits.identifies_by_number)
"""The channels whose conversations are those of telephone numbers."""


def traits_of(channel: str | None) -> Traits:
    """Returns the properties of ``channel``; those of the website if Rasa names no channel, or an unknown one."""
    return next((traits for name, traits in TRAITS.items() if name == channel), _WEB)
