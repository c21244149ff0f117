"""What Rasa tells of the action server: why it gave no turn, or that it was answered (``bot/action_calls.py``)."""

from __future__ import annotations

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

SKIP_HEADER = "X-Guichet-Skip-Actions"  # the action server hangs: what needs an action fails at once
ANSWERED_HEADER = "X-Guichet-Actions-Answered"
SILENT, SKIPPED, UNREACHABLE = "actions_silent", "actions_skipped", "actions_unreachable"


class EngineFailure(BaseModel):
    """``cause``: one of the above, or any other word; ``waited_seconds``: for the action server, where it was silent."""

    model_config = ConfigDict(frozen=True)

    cause: str
    waited_seconds: float = Field(0.0, ge=0)

    @classmethod
    def of(cls, response: httpx.Response) -> EngineFailure:
        """Returns what ``response`` (5xx) says; its status, where it says nothing."""
        try:
            return cls.model_validate_json(response.content)
        except ValidationError:
            return cls(cause=str(response.status_code))
