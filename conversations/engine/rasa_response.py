"""The rest of a response of Rasa: the reason for a missing turn, a sign of the action server, and the times of its parts."""

from __future__ import annotations

import re

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.telemetry import tracing

SKIP_HEADER = "X-Guichet-Skip-Actions"  # the action server hangs: a turn that needs an action fails at once
ANSWERED_HEADER = "X-Guichet-Actions-Answered"
SILENT, SKIPPED, UNREACHABLE = "actions_silent", "actions_skipped", "actions_unreachable"
_PARTS_HEADER = "x-guichet-parts"
_PART = re.compile(r"([a-z]{1,16})=(\d{19})-(\d{19})")  # nanoseconds since 1970


class EngineFailure(BaseModel):
    """The reason for a failure (``bot/action_calls.py``). ``cause``: see above, or another word.

    ``waited_seconds``: for a silent action server.
    """

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


def record_spans(response: httpx.Response) -> None:
    """Records the times that ``response`` reports (``bot/trace.py``) as spans within the current one."""
    for part in response.headers.get(_PARTS_HEADER, "").split(", "):
        if match := _PART.fullmatch(part):
            tracing.record_span(match[1], int(match[2]), int(match[3]))
