"""The page on what SMS cost: who may see it, that its sums are right, and that what is played costs nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cli.gateway import create
from core.database import Database
from core.database.base import now
from core.database.models import SmsUsage
from core.identity import Role
from core.settings import Settings
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_service_segments_per_day=100)


async def _accounts(database: Database) -> None:
    today = now().date()
    rows = [
        ("twilio", "citizen", 0, 40, 30, 85, 42_500),
        ("ovh", "citizen", 3, 5, 4, 10, 4_500),
        ("twilio", "citizen", 45, 9, 9, 20, 10_000),
        ("simulator", "simulator", 0, 7, 7, 21, 0),
    ]
    async with database.write() as session:
        for provider, origin, ago, received, messages, segments, cost in rows:
            session.add(
                SmsUsage(
                    day=today - timedelta(days=ago),
                    provider=provider,
                    origin=origin,
                    received=received,
                    messages=messages,
                    segments=segments,
                    cost=cost,
                )
            )


async def test_segments_and_euros_for_those_who_answer_for_them(settings: Settings, database: Database) -> None:
    await _accounts(database)
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert (await http.get("/api/desk/costs")).status_code == 401
        expected = {Role.READER: 403, Role.EDITOR: 403, Role.SUPERVISOR: 200, Role.ADMINISTRATOR: 200}
        for role, status in expected.items():
            headers = await sign_in(database, settings, await make_staff(database, role))
            assert (await http.get("/api/desk/costs", headers=headers)).status_code == status, role
        month = (await http.get("/api/desk/costs", headers=headers)).json()
        assert (month["total"]["segments"], month["total"]["euros"]) == (95, 4.7)
        assert month["played"]["segments"] == 21
        assert (month["today"], month["budget"], len(month["days"])) == (85, 100, 30)
        assert {name: one["euros"] for name, one in month["providers"].items()} == {"ovh": 0.45, "twilio": 4.25}
        assert (await http.get("/api/desk/costs?days=90", headers=headers)).json()["total"]["segments"] == 115
        page = (await http.get("/desk/costs?lang=fr", headers=headers | {"Accept": "text/html"})).text
        assert "4,70" in page
        assert "presque épuisé" in page
        assert page.count("<rect") == 30
        english = (await http.get("/desk/costs?days=7&lang=en", headers=headers | {"Accept": "text/html"})).text
        assert "4.70" in english
        assert "{" not in english
        assert (await http.get("/desk/costs?days=0", headers=headers)).status_code == 422


async def test_a_service_without_sms_has_a_page_too(settings: Settings, database: Database) -> None:
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        headers = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))
        page = await http.get("/desk/costs?lang=fr", headers=headers | {"Accept": "text/html"})
    assert page.status_code == 200
    assert "Aucun SMS" in page.text
