"""Intake for every channel: verify → parse → deduplicate → mask → commit → wake-up; then the caller acknowledges."""

import time
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from conversations.delivery.outbound import IsTemporary, record_receipt
from conversations.intake.sms import SmsIntake, SmsMessage
from conversations.intake.sms_parts import MessageParts
from conversations.intake.web import WebMessage, take_batch
from conversations.ports import Channel, DeliveryReceipt, InboundMessage, InboundPart, RawRequest, is_simulated
from conversations.record.batching import Batcher
from conversations.record.messages import Accepted
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import Payer, WorkBudget
from conversations.signing import Choice
from core.database import Database
from core.privacy.addresses import Addresses
from core.telemetry import tracing
from core.text.analysis import analyse_timed
from core.turns import Origin


class Inbound:
    """Takes messages into the record. When a method returns, they are committed, and a worker knows or will find out."""

    def __init__(
        self,
        database: Database,
        event_bus: EventBus,
        addresses: Addresses,
        budget: WorkBudget,
        *,
        language: Callable[[], str],
        zone: ZoneInfo,
        is_temporary: IsTemporary,
    ) -> None:
        self._database = database
        self._event_bus = event_bus
        self._budget = budget
        self._addresses = addresses
        self._is_temporary = is_temporary
        self._intake = SmsIntake(addresses, language=language, zone=zone)
        self._parts = MessageParts(database, addresses)
        self._provider_requests = Batcher(self._commit_provider)  # from providers: messages and receipts share transactions
        self._web_messages = Batcher(self._commit_web)  # from the website

    async def receive(self, channel: Channel, request: RawRequest, *, origin: Origin) -> None:
        """Takes in a provider's request, from signature to commit. Raises ``InvalidSignature`` and ``MalformedRequest``.

        A request without valid signature leaves no trace: nothing is parsed before it is verified.
        """
        channel.verify(request)
        parsed = channel.parse(request)
        if isinstance(parsed, DeliveryReceipt):
            await self.report(parsed)
            return
        if isinstance(parsed, InboundPart):
            assembled = await self._parts.add(channel.name, parsed)
            if assembled is None:
                return
            await self.take_sms(channel.name, assembled.message, origin=origin)
            await self._parts.delete_parts(assembled)
            return
        await self.take_sms(channel.name, parsed, origin=origin)

    async def take_sms(self, provider: str, message: InboundMessage, *, origin: Origin) -> Accepted:
        """Takes in a citizen's SMS whose origin is certain."""
        began = time.time_ns()
        payer = self._budget.payer_with(message.sender) if origin == Origin.CITIZEN else ()
        await self._budget.reserve(payer, message.text)
        incoming, seconds = await analyse_timed(lambda _: SmsMessage.of(provider, message, origin), message.text)
        await self._budget.charge(payer, seconds)
        accepted = await self._provider_requests.submit(incoming)
        assert accepted is not None  # ``None`` is for receipts
        if accepted.id:
            await self._wake(accepted, began, channel="sms", provider=provider, origin=origin)
        return accepted

    async def report(self, receipt: DeliveryReceipt) -> None:
        """Records what a provider reports of a message of ours."""
        await self._provider_requests.submit(receipt)

    async def take_incomplete(self) -> None:
        """Takes in incomplete long messages whose missing parts are not expected any more."""
        for assembled in await self._parts.incomplete():
            origin = Origin.SIMULATOR if is_simulated(assembled.provider) else Origin.CITIZEN
            await self.take_sms(assembled.provider, assembled.message, origin=origin)
            await self._parts.delete_parts(assembled)

    async def take_web(self, conversation: str, external_id: str, content: str | Choice, payer: Payer = ()) -> Accepted:
        """Takes in a message of a web client: a text, or a button with a valid signature. ``payer``: who is charged for it.

        Raises ``UnknownConversation`` and ``TooManyWaiting``.
        """
        began = time.time_ns()
        text = content if isinstance(content, str) else content.label
        await self._budget.reserve(payer, text)
        message, seconds = await analyse_timed(lambda _: WebMessage.of(conversation, external_id, content), text)
        await self._budget.charge(payer, seconds)
        accepted = await self._web_messages.submit(message)
        await self._wake(accepted, began, channel="web")
        return accepted

    async def _wake(self, accepted: Accepted, began: int, **about: str) -> None:
        """Wakes a worker. The time from ``began`` to the commit is the beginning of the message's trace."""
        committed = time.time_ns()
        await self._event_bus.wake(accepted.conversation)
        if accepted.fresh:
            parts = [("commit", began, committed), ("wake-up", committed, time.time_ns())]
            tracing.record_received(accepted.id, parts, **about)

    async def _commit_web(self, batch: Sequence[WebMessage]) -> Sequence[Accepted | Exception]:
        async with self._database.write(brief=True) as session:
            return await take_batch(session, batch, self._addresses)

    async def _commit_provider(self, requests: Sequence[SmsMessage | DeliveryReceipt]) -> Sequence[Accepted | None]:
        messages = [request for request in requests if isinstance(request, SmsMessage)]
        async with self._database.write(brief=True) as session:
            accepted = iter(await self._intake.take_batch(session, messages) if messages else ())
            for request in requests:
                if isinstance(request, DeliveryReceipt):
                    number = request.recipient
                    digests = [self._addresses.digest(number), *self._addresses.older_digests(number)] if number else ()
                    await record_receipt(session, request, self._is_temporary, digests)
        return [next(accepted) if isinstance(request, SmsMessage) else None for request in requests]
