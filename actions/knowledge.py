"""What the action server needs of retrieval."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from retrieval.contracts import Retriever, Stage


class Status(BaseModel):
    """What is being answered from. ``snapshot`` is its version, ``stage`` whether sections are embedded yet."""

    model_config = ConfigDict(frozen=True)

    snapshot: str
    stage: Stage
    entries: int


class Knowledge(Retriever, Protocol):
    """A retriever that also says what it answers from."""

    def status(self) -> Status:
        """Raises ``LookupError`` while there is no snapshot."""
        ...
