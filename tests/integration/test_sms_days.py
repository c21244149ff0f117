"""A day of SMS is the administration's own, from midnight to midnight, also where clocks change; insights count the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from analytics.desk.costs.figures import costs_of
from analytics.insights.job import CountingRules
from channels.sms.causes import is_temporary
from cli.sms.accounts import costs
from conversations.delivery.outbound import DeliveryRules, Outbound
from conversations.delivery.sms_usage import local_today
from core.database import Database
from core.database.models import Delivery
from core.dates import local_day
from tests.integration.channels_support import settings_for
from tests.integration.sms_support import sweep
from tests.integration.test_sms_slow_provider import ADDRESSES, Provider, queue

PARIS = ZoneInfo("Europe/Paris")


def _at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    for module in ("conversations.delivery.sms_usage", "conversations.delivery.outbound"):
        monkeypatch.setattr(f"{module}.now", lambda: moment)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 10, 22, 59, tzinfo=UTC), date(2026, 1, 10)),
        (datetime(2026, 1, 10, 23, 0, tzinfo=UTC), date(2026, 1, 11)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # a day of 23 hours begins
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # one of 25 hours
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_is_that_of_insights(moment: datetime, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    _at(monkeypatch, moment)
    assert local_today(PARIS) == day == local_day(moment, CountingRules(zone=PARIS).zone)
    assert local_today(ZoneInfo("America/Martinique")) == (moment - timedelta(hours=4)).date()


@pytest.mark.parametrize("midnight", [datetime(2026, 1, 10, 23, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)])
async def test_a_spent_budget_begins_anew_at_midnight_here(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, midnight: datetime
) -> None:
    """It began anew at one or two in the morning, and what was sent after midnight stood under the day before."""
    provider = Provider()
    terms = DeliveryRules(timedelta(days=9999), segment_euros=0.05, segments_per_day=2, failover=False, zone=PARIS)
    outbound = Outbound(database, {"twilio": provider}, ADDRESSES, terms, is_temporary=is_temporary)  # type: ignore[dict-item]
    before, after = midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)
    settings = settings_for(database_url, "", tmp_path, sms_service_segments_per_day=2)

    async def sent_at(moment: datetime, conversations: int, attempts: int) -> list[str]:
        _at(monkeypatch, moment)
        await queue(database, conversations, attempts=attempts, since=moment - timedelta(hours=1))
        for _ in range(conversations):
            await sweep(outbound)
        async with database.read() as session:
            return list((await session.execute(select(Delivery.status).order_by(Delivery.seq))).scalars())

    assert await sent_at(before, 2, 0) == ["sent", "sent"]
    assert await sent_at(before, 1, 1) == ["sent", "sent", "failed"]
    assert await sent_at(after, 1, 2) == ["sent", "sent", "failed", "sent"]
    shown = await costs_of(database, settings, 2)
    assert [(day.day, day.segments) for day in shown.days] == [
        (before.astimezone(PARIS).date(), 2),
        (after.astimezone(PARIS).date(), 1),
    ]
    assert shown.today == (await costs(settings, 2))["segments_today"] == 1
