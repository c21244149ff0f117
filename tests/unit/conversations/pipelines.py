"""A turn pipeline of which a test gives some parts; all others pass or change nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from conversations.engine.rasa_client import EngineRequest, RasaClient
from conversations.turn_context import TurnContext
from conversations.turn_pipeline import TurnPipeline
from conversations.wording import Wording
from core.care import DangerJudgement, SentencesToJudge
from core.turns import Turn

_STEPS = ("sms_limits", "sms_commands", "human_takeover", "channel_off", "phone_copy", "degraded_mode")


async def passes(_: TurnContext) -> Turn | None:
    return None


async def unchanged(_: TurnContext, turn: Turn) -> Turn:
    return turn


async def no_recent_care(_: str) -> tuple[str, ...]:
    return ()


async def not_judged(_: SentencesToJudge) -> DangerJudgement:
    return DangerJudgement(confirmed=True)


def as_expected(_: str, expected: str) -> str:
    return expected


class NoPrefetch:
    def begin_search(self, _: EngineRequest) -> AbstractContextManager[None]:
        return nullcontext()


def pipeline(engine: RasaClient, wording: Wording, *, max_chars: int, **given: Any) -> TurnPipeline:
    parts: dict[str, Any] = {
        **dict.fromkeys(_STEPS, passes),
        "conversation_commands": unchanged,
        "prefetch": NoPrefetch(),
        "detect": as_expected,
        "judge": not_judged,
        "recall": no_recent_care,
    }
    return TurnPipeline(engine, wording, max_chars=max_chars, **{**parts, **given})
