"""A worker process: consumer, sweep and jobs around the conversation processor; and its orderly end."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from channels.sms.causes import is_temporary
from channels.sms.polling import poll
from cli.worker.engines import Engines
from cli.worker.jobs import Periodic, PeriodicJobs
from conversations import metrics
from conversations.deadline import TurnLimits
from conversations.delivery.outbound import DeliveryRules, Outbound
from conversations.intake.inbound import Inbound
from conversations.ports import Channel, Polled, Renderer
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import Payer, WorkBudget
from conversations.signing import Signing, new_id
from conversations.turn_contracts import BeforeCommit, LeadingMessage
from conversations.turn_pipeline import TurnPipeline
from conversations.wording import Wording
from conversations.worker.consumer import Consumer
from conversations.worker.conversation_processor import ConversationProcessor
from conversations.worker.fair_share import FairShare
from conversations.worker.reply_form import ReplyForm
from conversations.worker.transactions import waiting_conversations
from core.database import Database
from core.database.jobs import Jobs
from core.languages.detection import detect
from core.privacy.addresses import Addresses
from core.settings import Settings
from supervision.handoffs.absence import release_abandoned
from supervision.handoffs.answer_decisions import lapse_overdue
from supervision.handoffs.supervisor_actions import SupervisorActions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """The time limits of a worker. ``lease`` survives a few missed renewals; after a crash, answers are late by as much."""

    lease: timedelta = timedelta(seconds=4)
    sweep_seconds: float = 1.0
    jobs_seconds: float = 5.0  # between two checks of a job: is it due, or did its worker die
    grace: timedelta = timedelta(seconds=1)  # the wake-up of younger messages may still arrive
    retention_every: timedelta = timedelta(hours=1)
    forget_every: timedelta = timedelta(seconds=30)
    insights_every: timedelta = timedelta(minutes=10)
    form_seconds: float = 1.0
    form_settled: timedelta = timedelta(seconds=10)  # longer than a gateway or a worker needs to reconnect to Redis


@dataclass
class Worker:
    """One worker process; ``run()`` until ``stop()``, which lets the current turns end."""

    settings: Settings
    database: Database
    event_bus: EventBus
    budget: WorkBudget
    wording: Wording
    signing: Signing
    engines: Engines
    channels: Mapping[str, Channel]
    renderers: Mapping[str, Renderer]
    turns: TurnPipeline
    leading_messages: LeadingMessage
    before_commit: BeforeCommit
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        settings = self.settings
        self.name = f"{socket.gethostname()[:24]}-{os.getpid()}-{new_id()[:8]}"
        self._stopping = asyncio.Event()
        self._active: dict[str, asyncio.Task[None]] = {}
        self._requested_again: set[str] = set()
        self._slots = asyncio.Semaphore(settings.worker_concurrency)
        self._fair_share = FairShare(settings.worker_concurrency)
        self.form = ReplyForm(self.event_bus)
        addresses = Addresses(*settings.address_keys)
        self._jobs = Jobs(self.database, self.name)
        half = max(1, settings.worker_concurrency // 2)
        self._outbound = Outbound(
            self.database, self.channels, addresses, DeliveryRules.of(settings), is_temporary=is_temporary, max_concurrent=half
        )
        self._inbound = Inbound(
            self.database,
            self.event_bus,
            addresses,
            self.budget,
            language=lambda: settings.default_language,
            zone=settings.opening.zone,
            is_temporary=is_temporary,
        )
        self._desk = SupervisorActions(self.database, self.event_bus, self.wording, self.renderers)
        self.processor = ConversationProcessor(
            database=self.database,
            event_bus=self.event_bus,
            budget=self.budget,
            turns=self.turns,
            outbound=self._outbound,
            signing=self.signing,
            renderers=self.renderers,
            leading_messages=self.leading_messages,
            before_commit=self.before_commit,
            limits={
                "web": TurnLimits(turn=settings.web_turn_seconds, engine=settings.web_engine_seconds),
                "sms": TurnLimits(turn=settings.sms_turn_seconds, engine=settings.sms_engine_seconds),
            },
            owner=self.name,
            lease=self.timing.lease,
            stopping=self._stopping.is_set,
            form=lambda: self.form.present,
        )

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Works until ``stop()``. Calls ``ready`` before the first message is taken."""
        # Language models are loaded on first use, which takes seconds on a busy machine: too long for the first citizen.
        await asyncio.to_thread(detect, "bonjour", self.settings.default_language)
        log.info("worker_ready", name=self.name)
        ready()
        # None is cancelled at the end: an interrupted statement could leave the database locked.
        update_form = partial(self.form.update, self.timing.form_settled)
        forms = self._repeat("reply form", update_form, self.timing.form_seconds)
        loops = (self._consume(), self._sweep(), self._deliveries(), forms)
        await asyncio.gather(*loops, *self._periodic(), *self._polls())
        await asyncio.gather(*self._active.values(), return_exceptions=True)
        await self.engines.close()
        await self.event_bus.close()
        log.info("worker_stopped", name=self.name)

    def stop(self) -> None:
        """Ends in order: takes no new messages, and answers the current ones."""
        self._stopping.set()

    async def _consume(self) -> None:
        consumer = Consumer(
            self.settings.redis_address,
            self.name,
            capacity=self._free_slots,
            waiting=partial(waiting_conversations, self.database, older_than=timedelta(0)),
            stopping=self._stopping.is_set,
        )
        try:
            async for conversation in consumer.wakeups():
                await self._start(conversation)
        finally:
            await consumer.close()

    async def _sweep(self) -> None:
        """Finds messages without a wake-up: it was lost, or its worker died."""

        async def once() -> None:
            for conversation in await waiting_conversations(self.database, older_than=self.timing.grace):
                await self._start(conversation)
            # Each separately, so that a failure of one does not block the others.
            await self._try("incomplete", self._inbound.take_incomplete)
            await self._try("abandoned", partial(release_abandoned, self.database, self._desk))
            await self._try("overdue", partial(lapse_overdue, self.database, self._desk))

        await self._repeat("sweep", once, self.timing.sweep_seconds)

    async def _deliveries(self) -> None:
        """Sends due deliveries. Separate from the sweep: a slow provider would delay messages whose wake-up was lost, also on
        the website.

        New due deliveries do not wait for those found a second ago.
        """
        async with asyncio.TaskGroup() as group:

            async def once() -> None:
                if due := await self._outbound.due():
                    deliver = partial(self._outbound.deliver, due, self._stopping.is_set)
                    group.create_task(self._try("deliveries", deliver))

            await self._repeat("deliveries", once, self.timing.sweep_seconds)

    def _periodic(self) -> list[Coroutine[Any, Any, None]]:
        """Returns a loop for each job, so that a backup of an hour does not delay erasures."""
        timing = self.timing

        def loop(job: Periodic) -> Coroutine[Any, Any, None]:
            async def once() -> None:
                await self._jobs.run(job.name, job.work, every=job.every, rest=job.rest)

            return self._repeat(job.name, once, timing.jobs_seconds)

        jobs = PeriodicJobs(self.database, self.settings, self.engines.rasa)
        periodic = jobs.all(retention=timing.retention_every, forget=timing.forget_every, insights=timing.insights_every)
        return [loop(job) for job in periodic]

    def _polls(self) -> list[Coroutine[Any, Any, None]]:
        """Returns a loop for each provider that must be polled."""
        every = self.settings.sms_poll_seconds
        polled = [(name, channel) for name, channel in self.channels.items() if isinstance(channel, Polled)]

        def loop(name: str, channel: Polled) -> Coroutine[Any, Any, None]:
            async def once() -> None:
                failure = await poll(self.database, self._jobs, self._inbound, name, channel, every=timedelta(seconds=every))
                if failure is not None:  # or our own simulator is not running yet: nothing to trace
                    metrics.LOOP_FAILURES.labels(f"poll {name}").inc()
                    log.warning("provider_unreachable", provider=name, error=type(failure).__name__)

            return self._repeat(f"poll {name}", once, every)

        return [loop(name, channel) for name, channel in polled]

    async def _repeat(self, name: str, once: Callable[[], Awaitable[None]], seconds: float) -> None:
        while not self._stopping.is_set():
            await self._try(name, once)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _try(self, name: str, once: Callable[[], Awaitable[object]]) -> None:
        try:
            await once()
        except Exception:
            metrics.LOOP_FAILURES.labels(name).inc()
            log.error("worker_loop_failed", loop=name, exc_info=True)

    async def _free_slots(self) -> int:
        """Waits until a conversation can be accepted. Returns how many can."""
        async with self._slots:
            pass
        return max(1, self.settings.worker_concurrency - len(self._active))

    async def _start(self, conversation: str) -> None:
        """Handles ``conversation`` in a task of its own, as soon as its address's share allows it and there is a free slot."""
        if self._stopping.is_set() or self._fair_share.waits(conversation) or self._is_active(conversation):
            return  # where this worker stops, another one's sweep will find it
        payer = await self.budget.payer_of(conversation)
        if self._fair_share.enter(conversation, payer):
            await self._begin(conversation, payer)

    async def _begin(self, conversation: str, payer: Payer) -> None:
        """Handles ``conversation``, which its share has let in, as soon as there is a free slot."""
        await self._slots.acquire()
        if self._is_active(conversation):
            await self._leave(payer)
            return
        self._active[conversation] = asyncio.create_task(self._handle(conversation, payer))

    async def _leave(self, payer: Payer) -> None:
        """Gives back the slot of a conversation of ``payer``. Begins the first one in line that its share allows now."""
        self._slots.release()
        if (following := self._fair_share.leave(payer)) and not self._stopping.is_set():
            await self._begin(*following)

    def _is_active(self, conversation: str) -> bool:
        """Decides whether ``conversation`` is being handled; its task then looks at it once more."""
        if conversation in self._active:
            self._requested_again.add(conversation)  # its task may just have checked for the last time
            return True
        return False

    async def _handle(self, conversation: str, payer: Payer) -> None:
        # A task has its own context: each of its log lines names the conversation.
        structlog.contextvars.bind_contextvars(conversation=conversation)
        metrics.IN_HAND.inc()
        try:
            while True:
                self._requested_again.discard(conversation)
                await self.processor.handle(conversation)
                if conversation not in self._requested_again:
                    return
        except Exception:
            # The lease expires by itself, which is the pause before the sweep tries again.
            log.error("conversation_failed", conversation=conversation, exc_info=True)
        finally:
            metrics.IN_HAND.dec()
            del self._active[conversation]
            self._requested_again.discard(conversation)
            await self._leave(payer)
