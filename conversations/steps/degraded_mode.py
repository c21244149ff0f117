"""Answers while the dialogue engine is away: the matching page, found without the engine.

The step sends ``action_answer_enquiry`` to the action server as the engine would, for this message alone: no small talk, no
context. Only search results are shown; anything else gets the fallback's sentence.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import structlog
from pydantic import ValidationError

from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.reply_form import FORM
from core.telemetry import tracing
from core.text.wants_human import wants_human
from core.turns import ChoicesBlock, NoticeBlock, Outcome, Turn

_FIELDS = {"notice": "notice", "more": "body"}
AT_ONCE = 2  # look-ups at a time: they keep the action server busy; while the engine works, its own turns need that server
_LOOKUP_SECONDS = 2.5  # at most, of the rest of a turn
_LEAST_LOOKUP_SECONDS = 0.5  # with less left (after a long wait for the engine) no look-up is begun
_WRITING_SECONDS = 0.2  # of a turn, for writing its reply to the record
_COPIED_FIELDS = ("outcome", "entry", "entry_version", "snapshot", "confidence", "alike")

log = structlog.get_logger(__name__)


class DegradedMode:
    """A ``Step`` instead of the dialogue: searches at the action server (``actions``), unless its ``breaker`` is open."""

    def __init__(self, actions: httpx.AsyncClient, wording: Wording, breaker: CircuitBreaker) -> None:
        wording.require(["gateway_reduced"])
        self._wording = wording
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._actions, self._breaker = actions, breaker

    async def __call__(self, context: TurnContext) -> Turn | None:
        """Returns a turn that first says that the service is limited; ``None`` if no page answers in time. Never raises."""
        # "A human" passes: the fallback gives the contact; pages about advisers would answer something else.
        if context.is_choice or wants_human(context.text) or self._breaker.is_open:
            return None
        seconds = min(_LOOKUP_SECONDS, max(_LEAST_LOOKUP_SECONDS, context.deadline.remaining() - _WRITING_SECONDS))
        language = context.reply_language
        message = {"text": context.text, "intent": {"name": "enquiry"}, "entities": [], "metadata": {"form": FORM}}
        call = {
            "next_action": "action_answer_enquiry",
            "sender_id": context.conversation,
            "tracker": {
                "sender_id": context.conversation,
                "slots": {"language": language},
                "latest_message": message,
                "latest_input_channel": context.channel,
                "events": [{"event": "user", "text": context.text, "input_channel": context.channel}],
            },
        }
        try:
            with tracing.span("lookup", kind="client"):
                trace = tracing.traceparent()
                headers = {"traceparent": trace} if trace else {}
                async with asyncio.timeout(seconds), self._slots:
                    answer = await self._call_action(call, headers)
            answer.raise_for_status()
            turn = Turn.model_validate(self._assemble(answer.json()["responses"], context.channel, language))
        except (TimeoutError, httpx.HTTPError, ValidationError, LookupError, ValueError) as error:
            log.warning("nothing_looked_up", error=type(error).__name__)
            return None
        if not _shows_pages(turn):
            return None
        notice = NoticeBlock(text=self._wording.text("gateway_reduced", channel=context.channel, language=language))
        return turn.model_copy(update={"blocks": (notice, *turn.blocks)})

    async def _call_action(self, call: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        began = time.monotonic()
        try:
            answer = await self._actions.post("/webhook", json=call, headers=headers)
        except (asyncio.CancelledError, httpx.TimeoutException):  # cancelled: the time is up, or the worker ends
            self._breaker.record_timeout(began)
            raise
        self._breaker.record_answer()
        return answer

    def _assemble(self, responses: Sequence[Mapping[str, Any]], channel: str, language: str) -> dict[str, Any]:
        """Returns the turn that ``bot.turns.assemble``, which runs in Rasa's environment, would assemble."""
        turn: dict[str, Any] = {}
        blocks: list[dict[str, Any]] = []
        for response in responses:
            custom = response.get("custom") or {}
            values = {name: value for name, value in response.items() if isinstance(value, str)}
            text = self._wording.text(values.pop("response"), channel=channel, language=language, **values)
            turn |= {name: custom[name] for name in _COPIED_FIELDS if name in custom}
            if "fill" not in custom:
                blocks.append({**custom.get("block", {"type": "text"}), "text": text})
            elif custom["fill"] == "option":
                blocks[-1]["options"] = [*blocks[-1]["options"], {"label": text, "payload": custom["payload"]}]
            else:
                field = _FIELDS[custom["fill"]]
                blocks[-1][field] = "\n\n".join(filter(None, (blocks[-1].get(field), text)))
        return turn | {"blocks": blocks}


def _shows_pages(turn: Turn) -> bool:
    """Decides whether pages were found. "What is it about?" would also be the answer to a greeting."""
    if turn.outcome == Outcome.CHOICES:
        return any(isinstance(block, ChoicesBlock) and block.purpose == "entries" for block in turn.blocks)
    return turn.outcome in (Outcome.ANSWERED, Outcome.GUIDED)
