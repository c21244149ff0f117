"""SMS as the simulated telephones see them, and possible failures on the way."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from channels.sms.encoding import Measure


class Fate(StrEnum):
    """The fate of a telephone's messages, in both directions."""

    NORMAL = "normal"
    SLOW = "slow"  # receipts come late
    UNDELIVERED = "undelivered"  # accepted, but never delivered
    TWICE = "twice"  # every call of the provider comes twice
    SILENT = "silent"  # receipts are lost
    REFUSED = "refused"  # the provider accepts no message for this number
    BUSY = "busy"  # the provider asks for a later attempt
    LATE = "late"  # the provider accepts a message, and says so only after some seconds


class Rejected(Exception):
    """The provider refuses a message: ``fate`` says why."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate)
        self.fate = fate


@dataclass(slots=True)
class Text:
    """One SMS as a phone sees it. ``revision`` grows with every change of any message: ask for newer ones."""

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
        """Returns the text as the page reads it. Texts from a telephone cost nothing."""
        paid = self.measure.segments * segment_euros if self.direction == "to_phone" else 0.0
        return asdict(self) | {"at": self.at.isoformat(), "euros": round(paid, 4)}
