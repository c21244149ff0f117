"""The record's figures as gauges: waiting messages, recent turns, deliveries, cost, jobs. Read at each scrape."""

from collections.abc import Sequence
from datetime import date, timedelta

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.http.deps import Deps
from conversations.delivery.sms_usage import COST_UNITS, local_today
from core.channels import CHANNELS
from core.database.base import now
from core.database.models import Conversation, Delivery, Handoff, Job, Message, Reply, SmsUsage
from core.handoff import UNCLAIMED, State
from core.turns import Origin, Outcome

_WINDOW, _HOUR = timedelta(minutes=5), timedelta(hours=1)
_QUANTILES = (0.5, 0.95, 0.99)
_DECIDED_BY_SEARCH = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER)


class RecordMetrics:
    """The gauges, in ``registry``. Turns of tools and the simulator are left out (invariant 6)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, description: str, *labels: str) -> Gauge:
            return Gauge(f"guichet_{name}", description, labels, registry=registry)

        self.waiting = gauge("waiting_messages", "Messages without an outcome.")
        self.oldest = gauge("oldest_waiting_seconds", "Age of the oldest of them.")
        self.turns = gauge("turns_recent", "Turns of citizens in the last five minutes.", "channel", "outcome")
        self.turn_ms = gauge("turn_recent_mean_milliseconds", "Mean time of those turns.", "channel")
        self.turn_quantile = gauge("turn_recent_milliseconds", "Quantiles of their times.", "channel", "quantile")
        self.confidence = gauge("confidence_recent_mean", "Mean confidence of citizens' searches of the last hour.")
        self.deliveries = gauge("sms_recent", "SMS whose state changed within the last hour.", "provider", "status")
        self.euros = gauge("sms_euros_today", "Cost of citizens' SMS today.")
        self.segments = gauge("sms_segments_today", "Segments sent to citizens today.")
        self.segments_budget = gauge("sms_segments_budget", "GUICHET_SMS_SERVICE_SEGMENTS_PER_DAY; 0: none.")
        self.handoffs = gauge("handoffs_waiting", "Citizens in the supervisors' queue, whom nobody has taken.", "state")
        self.longest_handoff = gauge("handoffs_longest_wait_seconds", "How long the first of them has waited.")
        self.jobs = gauge("job_age_seconds", "Time since a periodic job last ended.", "job")

    async def read(self, deps: Deps) -> None:
        """Sets all gauges, from one state of the record."""
        async with deps.database.read() as session:
            count, oldest = (
                await session.execute(select(func.count(), func.min(Message.received_at)).where(Message.outcome.is_(None)))
            ).one()
            self.waiting.set(count)
            self.oldest.set((now() - oldest).total_seconds() if oldest else 0)
            await self._turns(session)
            await self._sms(session, deps.settings.sms_service_segments_per_day, local_today(deps.settings.opening.zone))
            await self._handoffs_and_jobs(session)

    async def _turns(self, session: AsyncSession) -> None:
        recent = select(Conversation.channel, Reply.outcome, Reply.milliseconds).join(
            Conversation, Conversation.id == Reply.conversation_id
        )
        of_citizens = (Reply.in_reply_to.is_not(None), Conversation.origin == Origin.CITIZEN)
        rows = (await session.execute(recent.where(Reply.created_at > now() - _WINDOW, *of_citizens))).all()
        for channel in CHANNELS:
            self._channel(channel, [row for row in rows if row.channel == channel])
        confidence = select(func.avg(Reply.confidence)).join(Conversation, Conversation.id == Reply.conversation_id)
        mean = (
            await session.execute(
                confidence.where(Reply.created_at > now() - _HOUR, Reply.outcome.in_(_DECIDED_BY_SEARCH), *of_citizens)
            )
        ).scalar_one()
        self.confidence.set(float("nan") if mean is None else mean)

    def _channel(self, channel: str, rows: Sequence[Row[str, str, int]]) -> None:
        for outcome in Outcome:
            self.turns.labels(channel, outcome.value).set(sum(row.outcome == outcome.value for row in rows))
        times = sorted(row.milliseconds for row in rows)
        self.turn_ms.labels(channel).set(sum(times) / len(times) if times else 0)
        for quantile in _QUANTILES:
            at = times[min(len(times) - 1, int(quantile * len(times)))] if times else 0
            self.turn_quantile.labels(channel, str(quantile)).set(at)

    async def _sms(self, session: AsyncSession, budget: int, today: date) -> None:
        states = await session.execute(
            select(Delivery.provider, Delivery.status, func.count())
            .where(Delivery.updated_at > now() - _HOUR)
            .group_by(Delivery.provider, Delivery.status)
        )
        self.deliveries.clear()
        for provider, status, count in states:
            self.deliveries.labels(provider, status).set(count)
        cost, segments = (
            await session.execute(
                select(func.coalesce(func.sum(SmsUsage.cost), 0), func.coalesce(func.sum(SmsUsage.segments), 0)).where(
                    SmsUsage.day == today, SmsUsage.origin == Origin.CITIZEN
                )
            )
        ).one()
        self.euros.set(float(cost) / COST_UNITS)
        self.segments.set(float(segments))
        self.segments_budget.set(budget)

    async def _handoffs_and_jobs(self, session: AsyncSession) -> None:
        rows = await session.execute(
            select(Handoff.state, func.count(), func.min(Handoff.created_at))
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(Handoff.state.in_(UNCLAIMED), Conversation.origin == Origin.CITIZEN)
            .group_by(Handoff.state)
        )
        waiting = {state: (count, since) for state, count, since in rows}
        for state in UNCLAIMED:  # a request out of hours is in the queue, too
            self.handoffs.labels(state.value).set(waiting.get(state, (0, None))[0])
        since = waiting.get(State.WAITING, (0, None))[1]
        self.longest_handoff.set((now() - since).total_seconds() if since else 0)
        self.jobs.clear()
        for name, ended in await session.execute(select(Job.name, Job.finished_at)):
            if ended is not None:
                self.jobs.labels(name).set((now() - ended).total_seconds())
