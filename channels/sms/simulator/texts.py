"""SMS as the simulator's telephones see them, and what may go wrong on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from channels.sms.encoding import Measure


class Fate(StrEnum):
    """What happens to messages of a telephone, both ways."""

    NORMAL = "normal"
    SLOW = "slow"  # receipts come late
    UNDELIVERED = "undelivered"  # taken, and never arrives
    TWICE = "twice"  # every call of the provider's comes twice
    SILENT = "silent"  # receipts are lost
    REFUSED = "refused"  # the provider takes no message for this number
    BUSY = "busy"  # the provider asks to come back later


class Turned(Exception):
    """The provider does not take a message: ``fate`` says why."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate)
        self.fate = fate


@dataclass(slots=True)
class Text:
    """One SMS as a phone sees it. ``revision`` grows with every change of any message: ask for what is newer."""

    sid: str
    number: int
    phone: str
    provider: str
    direction: Literal["from_phone", "to_phone"]
    body: str
    measure: Measure
    status: str
    revision: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def public(self, *, segment_euros: float) -> dict[str, Any]:
        """As the page reads it. What a telephone sends costs us nothing."""
        paid = self.measure.segments * segment_euros if self.direction == "to_phone" else 0.0
        return asdict(self) | {"at": self.at.isoformat(), "euros": round(paid, 4)}
