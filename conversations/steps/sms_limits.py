"""The step against floods, loops of two robots, and numbers that must not cost us anything.

STOP, START and EFFACER are always obeyed (``conversations.intake.sms``), and confirmed while the number's segments of the day
last, because each confirmation is paid for. A number over the limit is notified once a day, then gets no answer: answers to
each message would keep a robot going. A person in danger is answered beyond any message limit, once in ten minutes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.sms_usage import count_limited, local_today, usage_on
from conversations.keywords import Keyword, keyword
from conversations.signals.work_budget import WorkBudget
from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.channels import traits_of
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message, NumberUsage
from core.privacy.addresses import Addresses
from core.settings import Settings
from core.turns import Outcome, Turn

_OBEYED = (Keyword.STOP, Keyword.START, Keyword.ERASE)
_STOP_FACTOR = 2  # times a day's segments: a number over the limit that sends STOP still gets a confirmation
_LOOP_WINDOW = timedelta(minutes=10)
_LOOP_TIMES = 5  # the same words so often within the window: no person repeats a message a fifth time
_MINUTE = timedelta(minutes=1)
REASONS = ("minute", "day", "segments", "loop", "prefix")
_TOO_MANY = ("minute", "day", "segments")
WORDS = frozenset({"gateway_too_many", "gateway_too_many_today"})

log = structlog.get_logger(__name__)


def is_served(number: str, settings: Settings) -> bool:
    """Decides whether the service writes to ``number`` (E.164): the longer of the matching prefixes in ``settings`` decides."""
    return _matched_digits(number, settings.sms_allowed_prefixes) > _matched_digits(number, settings.sms_refused_prefixes)


class _RecentMessage(NamedTuple):
    """A message of the last minutes."""

    text: str | None
    received_at: datetime
    outcome: str | None


class SmsLimits:
    """A ``Step``: ends the turn of a message over a limit of ``settings``. Days are those of the administration."""

    def __init__(
        self, database: Database, wording: Wording, addresses: Addresses, settings: Settings, budget: WorkBudget
    ) -> None:
        wording.require(WORDS)
        self._database = database
        self._wording = wording
        self._addresses = addresses
        self._settings, self._zone = settings, settings.opening.zone
        self._budget = budget

    async def __call__(self, context: TurnContext) -> Turn | None:
        if not traits_of(context.channel).pays_by_segment:
            return None
        async with self._database.read(brief=True) as session:
            conversation = await session.get(Conversation, context.conversation)
            if conversation is None or conversation.address is None or conversation.address_digest is None:
                return None  # a tool's conversation
            recent = await _recent(session, context)
            reason = await self._exceeded_limit(session, context, conversation, recent)
            today = local_today(self._zone)
            warned = (await usage_on(session, conversation.address_digest, today)).warned
            if not reason or (reason in _TOO_MANY and _is_unanswered_danger(context, recent)):
                return None
        log.warning("sms_limited", conversation=context.conversation, reason=reason)
        silent = warned or reason in ("prefix", "loop") or keyword(context.text) in _OBEYED
        async with self._database.write() as session:
            if not silent:
                await session.execute(
                    update(NumberUsage)
                    .where(NumberUsage.address_digest == conversation.address_digest, NumberUsage.day == today)
                    .values(warned=True)
                )
            await count_limited(session, reason, conversation.origin, today)
        if silent:
            return Turn(outcome=Outcome.SILENT, aside=True)
        name = "gateway_too_many" if reason == "minute" else "gateway_too_many_today"
        return text_turn(self._wording, context, name, Outcome.COMMAND, language=context.language, aside=True)

    async def _exceeded_limit(
        self, session: AsyncSession, context: TurnContext, conversation: Conversation, recent: Sequence[_RecentMessage]
    ) -> str:
        """Returns the limit that the message exceeds (one of ``REASONS``); empty if none."""
        if not is_served(self._addresses.decrypt(conversation.address or b""), self._settings):
            return "prefix"
        limits = self._settings
        usage = await usage_on(session, str(conversation.address_digest), local_today(self._zone))
        if (command := keyword(context.text)) in _OBEYED:
            most = limits.sms_segments_per_day * (_STOP_FACTOR if command is Keyword.STOP else 1)
            return "segments" if usage.segments > most else ""
        if sum(_same(message.text, context.text) for message in recent) >= _LOOP_TIMES:
            return "loop"
        in_minute = sum(message.received_at > now() - _MINUTE for message in recent)
        if in_minute > limits.sms_messages_per_minute or not await self._budget.is_left((str(conversation.address_digest),)):
            return "minute"
        if usage.received > limits.sms_messages_per_day:
            return "day"
        return "segments" if usage.segments > limits.sms_segments_per_day else ""


def _is_unanswered_danger(context: TurnContext, recent: Sequence[_RecentMessage]) -> bool:
    """Decides whether the message is about a danger and no emergency numbers were given here in the last ten minutes."""
    return context.danger is not None and all(message.outcome != Outcome.CRISIS for message in recent)


async def _recent(session: AsyncSession, context: TurnContext) -> list[_RecentMessage]:
    """Returns the conversation's messages in the window, this one among them, newest first."""
    rows = await session.execute(
        select(Message.text, Message.received_at, Message.outcome)
        .where(Message.conversation_id == context.conversation, Message.received_at > now() - _LOOP_WINDOW)
        .order_by(Message.seq.desc())
        .limit(200)
    )
    return [_RecentMessage(*row) for row in rows]


def _same(message: str | None, other: str) -> bool:
    return " ".join((message or "").split()).casefold() == " ".join(other.split()).casefold()


def _matched_digits(number: str, setting: str) -> int:
    """Returns the length of the longest prefix in ``setting`` with which ``number`` begins; -1 if there is none."""
    prefixes = (prefix.strip().replace("*", "") for prefix in setting.split(",") if prefix.strip())
    return max((len(prefix) for prefix in prefixes if number.startswith(prefix)), default=-1)
