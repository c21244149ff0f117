"""The outbox for channels that push: deliveries are queued at the reply's commit, then sent, each at most once.

States: queued → sending → sent → delivered, or failed, or expired. A delivery becomes ``uncertain`` when a process died or a
time-out fell between the request and its answer: sending it again could reach the citizen twice, so a later report that fits it
settles it, or a human decides. A message
that surely did not go out is tried again with growing pauses until a total deadline, by the second provider if the first keeps
failing. A message that the network drops for lack of capacity (``IsTemporary``) is sent at most twice more: each attempt costs.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import metrics
from conversations.delivery.opt_outs import stop_message_of
from conversations.delivery.sms_usage import count_sent, local_today, segments_on
from conversations.ports import Channel, DeliveryReceipt, OutboundMessage, SendFailed, SendReceipt
from core.database import Database
from core.database.base import UtcDateTime, now, table
from core.database.conflict import upsert
from core.database.models import Conversation, Delivery, Receipt, Reply
from core.database.prepared import Prepared
from core.privacy.addresses import Addresses
from core.settings import Settings
from core.telemetry import tracing
from core.turns import Origin, Outcome

# A report never moves a delivery back: "sent" may arrive after "delivered".
_ORDER = {"queued": 0, "sending": 1, "uncertain": 2, "sent": 3, "expired": 4, "failed": 4, "delivered": 5}
_ATTEMPTS_BEFORE_FAILOVER = 3  # attempts at the first provider
_MAX_DROPPED_ATTEMPTS = 3  # attempts of a message that the provider takes and the network drops
_LONGEST_PAUSE = timedelta(minutes=2)  # between two attempts
_DOUBLINGS = 7  # attempts with pauses of their own, each twice as long as the one before
_SWEEP_LIMIT = 100  # deliveries in one sweep
_MAX_CONCURRENT_SWEEP = 8  # conversations that one sweep sends to concurrently
_MAX_CONCURRENT_TURNS = 12  # conversations that are sent to directly after their turn, concurrently
_WARNING_SHARE = 0.8  # of the day's budget, from which on a warning is logged
_REPORTED_WITHIN = timedelta(days=1)  # networks give a message up after a day or two
_SENDING_TIMEOUT = timedelta(minutes=1)  # after which a delivery still "sending" has no sender any more

IsTemporary = Callable[[str, str], bool]
"""Decides whether a provider's code says that its network had no room for a message: (provider, code) → may go out again."""

log = structlog.get_logger(__name__)


async def record_receipt(
    session: AsyncSession, receipt: DeliveryReceipt, is_temporary: IsTemporary, recipient: Collection[str] = ()
) -> None:
    """Records what a provider reports. Keeps a report that arrives before the answer to our request.

    ``recipient``: digests of its number, by which a delivery of unknown outcome is found.
    """
    rows = await session.execute(
        select(Delivery).where(Delivery.provider_message_id == receipt.provider_message_id).with_for_update()
    )
    delivery = rows.scalar_one_or_none()
    if delivery is not None:
        _advance_status(delivery, receipt.status, receipt.error, is_temporary)
        return
    delivery = await _uncertain_delivery(session, receipt, recipient)
    if delivery is not None:
        delivery.provider_message_id = receipt.provider_message_id
        _advance_status(delivery, receipt.status, receipt.error, is_temporary)
        await session.execute(delete(Receipt).where(Receipt.provider_message_id == receipt.provider_message_id))
        log.info("delivery_settled", provider=delivery.provider, delivery=delivery.seq, status=delivery.status)
        return
    early = await session.get(Receipt, receipt.provider_message_id)
    if early is None or _ORDER[early.status] < _ORDER[receipt.status]:
        key = {"provider_message_id": receipt.provider_message_id}
        await upsert(session, Receipt, key, {"status": receipt.status, "error": receipt.error})


async def _uncertain_delivery(session: AsyncSession, receipt: DeliveryReceipt, recipient: Collection[str]) -> Delivery | None:
    """Returns the only delivery of unknown outcome that fits ``receipt``: its provider, number, time, and length if told.

    None while a message to that number is on its way: the report may be of that one.
    """
    query = (
        select(Delivery)
        .join(Reply, Reply.id == Delivery.reply_id)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(
            Conversation.address_digest.in_(recipient),
            Delivery.provider == receipt.provider,
            Delivery.provider_message_id.is_(None),
            Delivery.status.in_(("sending", "uncertain")),
            Delivery.updated_at > now() - _REPORTED_WITHIN,
        )
        .with_for_update(of=Delivery)
    )
    found = (await session.scalars(query)).all() if recipient else ()
    fitting = [one for one in found if receipt.segments in (0, one.segments)]
    return fitting[0] if len(fitting) == 1 and all(one.status == "uncertain" for one in found) else None


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """The delivery rules: how long a message is tried, the price of a segment (euros), how many segments go out in a day of
    ``zone`` (0: no limit), and whether a second provider takes over.
    """

    deadline: timedelta
    segment_euros: float
    segments_per_day: int
    failover: bool
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings) -> DeliveryRules:
        return cls(
            deadline=timedelta(minutes=settings.sms_delivery_minutes),
            segment_euros=settings.sms_segment_euros,
            segments_per_day=settings.sms_service_segments_per_day,
            failover=bool(settings.sms_second_provider),
            zone=settings.opening.zone,
        )


@dataclass(frozen=True, slots=True)
class _Claim:
    """A delivery taken by this worker. ``refused``: it must not go out, and the record says why."""

    delivery: Delivery
    conversation: Conversation
    in_reply_to: str
    refused: bool


class Outbound:
    """Sends queued deliveries through the channels given by name. ``max_concurrent``: the most concurrent calls of ``send``."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        addresses: Addresses,
        rules: DeliveryRules,
        *,
        is_temporary: IsTemporary,
        max_concurrent: int = _MAX_CONCURRENT_TURNS,
    ) -> None:
        self._database = database
        self._channels = channels
        self._addresses = addresses
        self._rules = rules
        self._is_temporary = is_temporary
        self._turn_slots = asyncio.Semaphore(max_concurrent)
        self._sweep_slots = asyncio.Semaphore(_MAX_CONCURRENT_SWEEP)
        self._delivering: set[str] = set()  # conversations that ``deliver`` is sending to

    async def send(self, reply: str) -> None:
        """Sends the queued deliveries of ``reply``, in order. Never raises if one fails: the record has the failure.

        While ``max_concurrent`` others wait for the provider, the deliveries are left to the sweep. The caller holds a
        conversation's lease, and a worker busy with SMS only would answer nobody on the website.
        """
        if self._turn_slots.locked():
            return
        queued = select(Delivery.seq).where(Delivery.reply_id == reply, Delivery.status == "queued").order_by(Delivery.part)
        async with self._turn_slots:
            async with self._database.read(brief=True) as session:
                deliveries = (await session.execute(queued)).scalars().all()
            for seq in deliveries:
                if not await self._send_one(seq):
                    return  # the sweep continues from there

    async def due(self) -> Mapping[str, Sequence[int]]:
        """Returns the queued deliveries to be tried now, in order, by conversation. Settles those without a sender."""
        waiting, early = await self._database.fetch_in_thread((_WAITING, _pauses(now())), (_EARLY_REPORTS, {}))
        for seq, receipt, *_ in early:  # a report arrived on another machine before our own note of the answer
            await self._record_sent(seq, SendReceipt(receipt))
        conversations = defaultdict[str, list[int]](list)
        for seq, status, conversation in waiting:
            if status == "sending":
                await self._end_sending(seq, status="uncertain", error="lost")
            else:
                conversations[conversation].append(seq)
        return conversations

    async def deliver(self, due: Mapping[str, Sequence[int]], stopping: Callable[[], bool] = lambda: False) -> None:
        """Sends the deliveries in ``due``, except conversations in an earlier call's hands. ``stopping``: begin nothing more.

        Sends to several conversations concurrently, because a provider may take seconds; in order within one conversation.
        """
        to_send = {conversation: seqs for conversation, seqs in due.items() if conversation not in self._delivering}
        self._delivering.update(to_send)

        async def in_order(seqs: Sequence[int]) -> None:
            async with self._sweep_slots:
                for seq in seqs:
                    if stopping() or not await self._send_one(seq):
                        return

        try:
            async with asyncio.TaskGroup() as group:
                for seqs in to_send.values():
                    group.create_task(in_order(seqs))
        finally:
            self._delivering.difference_update(to_send)

    async def _send_one(self, seq: int) -> bool:
        """Sends one delivery. Returns false if it, and so all later ones, must wait: another attempt, or another worker has
        it.
        """
        claim = await self._claim(seq)
        if claim is None or claim.refused:
            return claim is not None
        delivery, conversation = claim.delivery, claim.conversation
        channel, address = self._channels.get(delivery.provider), conversation.address
        if channel is None or address is None:
            await self._end_sending(seq, status="failed", error="no such provider" if channel is None else "no address")
            return True
        try:
            message = OutboundMessage(f"{delivery.reply_id}-{delivery.part}", self._addresses.decrypt(address), delivery.text)
            with tracing.span("send", kind="client", within=claim.in_reply_to, provider=delivery.provider):
                receipt = await channel.send(message)
        except SendFailed as error:
            metrics.SENT.labels(delivery.provider, "failed").inc()
            return await self._handle_failure(delivery, conversation.provider, error)
        except Exception as error:
            metrics.SENT.labels(delivery.provider, "uncertain").inc()
            log.error("delivery_uncertain", provider=delivery.provider, delivery=seq, exc_info=True)
            await self._end_sending(seq, status="uncertain", error=type(error).__name__[:64])
        else:
            metrics.SENT.labels(delivery.provider, "accepted").inc()
            await self._record_sent(seq, receipt, claim)
        return True

    async def _claim(self, seq: int) -> _Claim | None:
        """Takes a queued delivery, or refuses it for good. Returns ``None`` if another worker has it."""
        async with self._database.write() as session:
            claimed = await session.execute(
                update(Delivery)
                .where(Delivery.seq == seq, Delivery.status == "queued")
                .values(status="sending", attempts=Delivery.attempts + 1, updated_at=now())
                .returning(Delivery.reply_id)
            )
            if claimed.scalar_one_or_none() is None:
                return None
            row = await session.execute(
                select(Delivery, Conversation, Reply.in_reply_to, Reply.outcome)
                .join(Reply, Reply.id == Delivery.reply_id)
                .join(Conversation, Conversation.id == Reply.conversation_id)
                .where(Delivery.seq == seq)
            )
            delivery, conversation, in_reply_to, outcome = row.one()
            await session.refresh(delivery)
            refused = True
            stop = await stop_message_of(session, conversation.id)  # its confirmation is still sent
            # The confirmation of STOP and the emergency numbers are sent at any price.
            paid = conversation.origin == Origin.CITIZEN and stop is None and outcome != Outcome.CRISIS
            if stop is not None and stop != in_reply_to:
                delivery.status, delivery.error = "failed", "opted out"
            elif now() - delivery.created_at > self._rules.deadline:
                delivery.status, delivery.error = "expired", delivery.error or "deadline"
            elif paid and not await self._within_budget(session):
                delivery.status, delivery.error = "failed", "budget"
            else:
                refused = False
        return _Claim(delivery, conversation, in_reply_to or "", refused)

    async def _within_budget(self, session: AsyncSession) -> bool:
        budget = self._rules.segments_per_day
        if not budget:
            return True
        spent = await segments_on(session, local_today(self._rules.zone))
        if spent >= budget * _WARNING_SHARE:
            log.warning("sms_budget", spent_segments=spent, budget_segments=budget)
        return spent < budget

    async def _handle_failure(self, delivery: Delivery, first: str | None, error: SendFailed) -> bool:
        """Decides about a message that surely did not go out: second provider, later attempt, or given up (returns true)."""
        others = [name for name in self._channels if name != delivery.provider and self._rules.failover]
        exhausted = error.account or (not error.permanent and delivery.attempts >= _ATTEMPTS_BEFORE_FAILOVER)
        if exhausted and others and delivery.provider == first:
            log.warning("sms_failover", provider=delivery.provider, to=others[0], code=error.code)
            await self._end_sending(delivery.seq, status="queued", error=error.code[:64], provider=others[0], attempts=0)
            return False
        await self._end_sending(delivery.seq, status="failed" if error.permanent else "queued", error=error.code[:64])
        return error.permanent

    async def _record_sent(self, seq: int, receipt: SendReceipt, claim: _Claim | None = None) -> None:
        async with self._database.write(brief=True) as session:
            delivery = await session.get(Delivery, seq, with_for_update=True)
            if delivery is None:
                if claim is not None:  # the conversation was erased meanwhile; the message went out and is paid for
                    await self._count(session, claim.conversation, claim.delivery, receipt.segments)
                return
            first = delivery.provider_message_id is None
            delivery.provider_message_id = receipt.provider_message_id
            delivery.segments = receipt.segments or delivery.segments
            _advance_status(delivery, receipt.status, "", self._is_temporary)
            # One statement deletes and reads it: between two statements a later report could replace it and be deleted unread.
            deleted = delete(Receipt).where(Receipt.provider_message_id == receipt.provider_message_id)
            early = (await session.execute(deleted.returning(Receipt.status, Receipt.error))).one_or_none()
            if early is not None:
                _advance_status(delivery, early.status, early.error, self._is_temporary)
            if first:
                await session.flush()
                query = select(Conversation).join(Reply, Reply.conversation_id == Conversation.id)
                conversation = (await session.execute(query.where(Reply.id == delivery.reply_id))).scalar_one()
                await self._count(session, conversation, delivery, receipt.segments)

    async def _count(self, session: AsyncSession, conversation: Conversation, delivery: Delivery, segments: int) -> None:
        await count_sent(
            session,
            conversation,
            delivery.provider,
            segments=segments or delivery.segments,
            segment_euros=self._rules.segment_euros,
            today=local_today(self._rules.zone),
        )

    async def _end_sending(self, seq: int, *, status: str, error: str, **more: object) -> None:
        async with self._database.write(brief=True) as session:
            await session.execute(
                update(Delivery)
                .where(Delivery.seq == seq, Delivery.status == "sending")
                .values(status=status, error=error, updated_at=now(), **more)
            )


_DELIVERIES, _REPLIES, _RECEIPTS = table(Delivery).c, table(Reply).c, table(Receipt).c


def _pauses(moment: datetime) -> dict[str, datetime]:
    """Returns the values of ``_due`` at ``moment``."""
    short = {f"pause{n}": moment - timedelta(seconds=2**n) for n in range(_DOUBLINGS)}
    return short | {"pause": moment - _LONGEST_PAUSE, "patience": moment - _SENDING_TIMEOUT, "ahead": moment + _SENDING_TIMEOUT}


def _due() -> ColumnElement[bool]:
    """Returns the condition for deliveries to try: queued and paused long enough (twice as long after each attempt), or left
    "sending" by a process that has gone.

    SQL does the filtering: otherwise the oldest hundred deliveries, if all are pausing, would block those after them. The
    messages of a reply leave in order. A time stamp far in the future, from a clock that was put back since, counts as long
    ago.
    """
    pause = case(*((_DELIVERIES.attempts == n, _moment(f"pause{n}")) for n in range(_DOUBLINGS)), else_=_moment("pause"))
    ahead = _DELIVERIES.updated_at > _moment("ahead")
    before = table(Delivery).alias().c
    under_way = or_(before.status == "queued", before.status == "sending")
    is_first = ~exists().where(before.reply_id == _DELIVERIES.reply_id, before.part < _DELIVERIES.part, under_way)
    return or_(
        and_(_DELIVERIES.status == "queued", or_(_DELIVERIES.updated_at < pause, ahead), is_first),
        and_(_DELIVERIES.status == "sending", or_(_DELIVERIES.updated_at < _moment("patience"), ahead)),
    )


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


def _advance_status(delivery: Delivery, status: str, error: str, is_temporary: IsTemporary) -> None:
    if _ORDER[status] <= _ORDER[delivery.status]:
        return
    delivery.status, delivery.error = status, error
    if status == "failed" and is_temporary(delivery.provider, error) and delivery.attempts < _MAX_DROPPED_ATTEMPTS:
        delivery.status, delivery.provider_message_id = "queued", None


# Built once: the sweep runs every second, and building these statements costs more than running them.
_WAITING = Prepared(
    select(_DELIVERIES.seq, _DELIVERIES.status, _REPLIES.conversation_id)
    .join_from(table(Delivery), table(Reply), _REPLIES.id == _DELIVERIES.reply_id)
    .where(_due())
    .order_by(_DELIVERIES.seq)
    .limit(_SWEEP_LIMIT)
)
# All columns of a report: for the number alone, SQLite would scan the numbers of all deliveries instead of the reports.
_EARLY_REPORTS = Prepared(
    select(_DELIVERIES.seq, *_RECEIPTS).join_from(
        table(Delivery), table(Receipt), _RECEIPTS.provider_message_id == _DELIVERIES.provider_message_id
    )
)
