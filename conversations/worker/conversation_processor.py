"""One conversation, answered from its first unanswered message to its last, under one lease."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import metrics
from conversations.deadline import Deadline, TurnLimits
from conversations.delivery.outbound import Outbound
from conversations.intake.call_back_numbers import number_hint_of
from conversations.intake.mail_addresses import address_hint_of
from conversations.ports import Rendered, Renderer
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import WorkBudget
from conversations.signing import Signing
from conversations.turn_context import TurnContext
from conversations.turn_contracts import BeforeCommit, LeadingMessage, Overtaken
from conversations.turn_pipeline import TurnPipeline
from conversations.worker.lease import HeldLease, LeaseLost, renew_lease
from conversations.worker.lease_renewal import LeaseRenewal
from conversations.worker.offers import Offers
from conversations.worker.transactions import (
    Committed,
    TakenMessage,
    anything_waits,
    begin_next,
    commit_reply,
    take_conversation,
)
from core.channels import traits_of
from core.database import Database
from core.database.base import now
from core.database.models import Conversation
from core.privacy.invisible import HIDDEN
from core.reply_form import FORM, turn_in_form
from core.telemetry import tracing
from core.turns import Origin, Outcome, Turn

# Seconds. The page that asked shows by itself, from the acknowledgement on, that an answer is being written. This event is for
# other tabs and other programs. After a quarter of a second, it would take a twentieth of a worker's processor time under load.
_TYPING_AFTER = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConversationProcessor:
    """Handles conversations. ``form``: that of the replies. By channel: ``limits``, ``renderers``."""

    database: Database
    event_bus: EventBus
    budget: WorkBudget
    turns: TurnPipeline
    outbound: Outbound
    signing: Signing
    renderers: Mapping[str, Renderer]
    leading_messages: LeadingMessage
    before_commit: BeforeCommit
    limits: Mapping[str, TurnLimits]
    owner: str
    lease: timedelta
    stopping: Callable[[], bool]
    form: Callable[[], int] = lambda: FORM

    async def handle(self, conversation: str) -> None:
        """Answers all waiting messages of ``conversation``. Returns at once if another worker has it.

        Checks again after giving the lease back: with several writers, a message that came meanwhile may have found the lease
        taken, and its wake-up had no effect.
        """
        while not self.stopping():
            taken = await take_conversation(self.database, conversation, self.owner, self.lease)
            if taken is None:
                return
            lease = taken.lease
            try:
                async with asyncio.TaskGroup() as group:
                    renewal = LeaseRenewal(self.database, lease, self.lease)
                    renewal.start(group)
                    while taken is not None:
                        taken = await self._answer(taken, renewal)
            except* LeaseLost:
                metrics.LEASES_LOST.inc()
                log.warning("lease_lost", conversation=conversation, fencing=lease.fencing)
            # SQLite has one writer: the worker that gave the lease back has seen everything before that.
            if self.database.is_sqlite or not await anything_waits(self.database, conversation):
                return

    async def _answer(self, taken: TakenMessage, renewal: LeaseRenewal) -> TakenMessage | None:
        """Answers one message. Returns the next one, or ``None`` once the lease is given back."""
        message, conversation = taken.message, taken.conversation
        tracing.record_span("wait", tracing.nanoseconds(message.received_at), time.time_ns(), within=message.id)
        with tracing.span("turn", kind="consumer", within=message.id, attempt=message.attempts) as span:
            span.note(channel=conversation.channel, origin=conversation.origin)
            return await self._turn(taken, renewal, span)

    async def _turn(self, taken: TakenMessage, renewal: LeaseRenewal, span: tracing.Span) -> TakenMessage | None:
        conversation = taken.conversation
        with _Typing(self.event_bus, conversation.id) as typing, self.budget.share() as seconds:
            reply, next_message, turn = await self._commit_turn(taken, renewal)
            await typing.end()
        span.note(outcome=reply.outcome)
        await self.event_bus.notify(conversation.id, "reply")
        await self.budget.charge_for(conversation, taken.message.text or "", seconds())
        _count(conversation, turn, reply.outcome, taken.message.received_at)
        log.info(
            "turn",
            message=taken.message.id,
            channel=conversation.channel,
            origin=conversation.origin,
            outcome=reply.outcome,
            entry=turn.entry,
            snapshot=turn.snapshot,
        )
        if reply.queued:  # under the lease, so that replies leave in order
            await self.outbound.send(reply.id)
            async with renewal.pause() as stop_renewal, self.database.write(brief=True, durable=False) as session:
                next_message = await self._next(session, taken.lease)
                if next_message is None:
                    stop_renewal()
        return next_message

    async def _commit_turn(self, taken: TakenMessage, renewal: LeaseRenewal) -> tuple[Committed, TakenMessage | None, Turn]:
        """Decides and commits a turn. Also returns the next message, if the lease was kept for it."""
        context = await self._context(taken)
        reply, next_message = None, None
        while reply is None:
            turn, rendered = await self._decide(context)
            with suppress(Overtaken), tracing.span("commit"):
                async with renewal.pause() as stop_renewal, self.database.write(brief=True) as session:
                    reply = await commit_reply(
                        session,
                        taken,
                        turn,
                        rendered,
                        signing=self.signing,
                        lease=self.lease,
                        payload=context.payload or context.chosen_payload,
                        leading_message=self.leading_messages,
                        before_commit=self.before_commit,
                        render=partial(self._render, context),
                    )
                    next_message = None if reply.queued else await self._next(session, taken.lease)
                    if next_message is None and not reply.queued:
                        stop_renewal()
        assert reply is not None
        return reply, next_message, turn

    async def _decide(self, context: TurnContext) -> tuple[Turn, Rendered]:
        turn = turn_in_form(await self.turns.answer(context), self.form())
        try:
            return turn, self._render(context, turn)
        except Exception:
            log.error("reply_not_rendered", message=context.message_id, entry=turn.entry, exc_info=True)
            turn = await self.turns.fallback(context)
            return turn, self._render(context, turn)

    async def _next(self, session: AsyncSession, lease: HeldLease) -> TakenMessage | None:
        if self.stopping():
            await renew_lease(session, lease, timedelta(0))
            return None
        return await begin_next(session, lease)

    def _render(self, context: TurnContext, turn: Turn) -> Rendered:
        """Returns the text for a channel that has a renderer; the others (the website) show blocks themselves."""
        renderer = self.renderers.get(context.channel)
        # "SUITE" and the frame of a reply are in the reply's language, which may not be the conversation's.
        return renderer(turn.blocks, language=turn.spoken or context.last_language) if renderer else Rendered("")

    async def _context(self, taken: TakenMessage) -> TurnContext:
        message, conversation = taken.message, taken.conversation
        waited = (now() - message.received_at).total_seconds()
        buttons = traits_of(conversation.channel).has_buttons
        has_number, has_address = (kind in (message.masked or ()) and not message.payload for kind in ("phone", "email"))
        number_hint = await number_hint_of(self.database, conversation.id) if has_number else ""
        address_hint = await address_hint_of(self.database, conversation.id) if has_address and not number_hint else None
        offers = Offers(conversation, self.signing)
        return TurnContext(
            message_id=message.id,
            conversation=conversation.id,
            channel=conversation.channel,
            language=conversation.language,
            last_written_language=conversation.spoken or "",
            text=message.text or "",
            payload=message.payload,
            chosen_payload=None if message.payload else offers.named_by(message.text or ""),
            masked=tuple(kind for kind in message.masked or () if kind != HIDDEN),
            offered=tuple(conversation.offered or ()),
            choices_not_shown=not buttons and not conversation.offered and bool(conversation.options),
            attempts=message.attempts,
            deadline=Deadline.begin(self.limits[conversation.channel], waited),
            number_hint=number_hint or address_hint or "",
            number_for_yes_or_no=not (number_hint or address_hint)
            and (address_hint is not None or ((has_number or has_address) and offers.ask_yes_or_no())),
        )


def _count(conversation: Conversation, turn: Turn, outcome: Outcome, received_at: datetime) -> None:
    channel, origin = conversation.channel, conversation.origin
    metrics.TURNS.labels(channel, outcome, origin).inc()
    metrics.TURN_SECONDS.labels(channel, origin).observe((now() - received_at).total_seconds())
    if turn.confidence is not None and origin == Origin.CITIZEN:
        metrics.CONFIDENCE.labels(channel).observe(turn.confidence)


class _Typing:
    """Sends a typing event to waiting clients, if the answer takes long enough to show it."""

    def __init__(self, event_bus: EventBus, conversation: str) -> None:
        self._event_bus, self._conversation = event_bus, conversation
        self._task: asyncio.Task[bool] | None = None

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(_TYPING_AFTER, self._notify)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    async def end(self) -> None:
        """Ends the events: one that came after the reply would stay visible."""
        self._timer.cancel()
        if self._task is not None:
            await self._task

    def _notify(self) -> None:
        self._task = asyncio.create_task(self._event_bus.notify(self._conversation, "typing"))
