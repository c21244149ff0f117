"""Rasa's report on the action server: why there is no turn, or that it was answered (``bot/action_calls.py``)."""

from __future__ import annotations

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

SKIP_HEADER = "X-Guichet-Skip-Actions"  # the action server hangs: a turn that needs an action fails at once
ANSWERED_HEADER = "X-Guichet-Actions-Answered"
SILENT, SKIPPED, UNREACHABLE = "actions_silent", "actions_skipped", "actions_unreachable"


class EngineFailure(BaseModel):
    """The reason for a failure. ``cause``: see above, or another word; ``waited_seconds``: for a silent action server."""

    model_config = ConfigDict(frozen=True)

    cause: str
    waited_seconds: float = Field(0.0, ge=0)

    @classmethod
    def of(cls, response: httpx.Response) -> EngineFailure:
        """Returns the failure in ``response`` (5xx), or one with its status as the cause if the body is not readable."""
        try:
            return cls.model_validate_json(response.content)
        except ValidationError:
            return cls(cause=str(response.status_code))
