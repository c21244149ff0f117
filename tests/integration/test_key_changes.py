"""Secrets are replaced and nobody notices: both are accepted, what the old one did is done anew, and it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cli.key_renewal import renew
from core.database import Database
from core.database.models import AuditRow, Conversation, OptOut
from core.settings import Settings
from tests.integration.channels_support import SECRET, Citizen, guichet, settings_for, working
from tests.integration.sms_support import PHONE, TOKEN, FakeTwilio, inbound, post
from tests.waiting import until

_DEAD = "redis://127.0.0.1:1/0"
_SILENT = "+33639980002"
_NAMES = ("secret_key", "address_key")
OLD = {name: f"old {name}" for name in _NAMES}
NEW = {name: f"new {name}" for name in _NAMES}
BOTH = NEW | {f"{name}_also": old for name, old in OLD.items()} | {"internal_secret_also": "the next one"}


async def test_an_open_conversation_goes_on_while_the_key_changes(database_url: str, tmp_path: Path) -> None:
    async with guichet(_settings(database_url, tmp_path, OLD)) as service, working(service.settings):
        before = await service.citizen()
        await before.post("choix")
        (reply,) = await before.answered(1)
        pressed = reply["blocks"][0]["options"][0]["payload"]
    async with guichet(_settings(database_url, tmp_path, BOTH)) as service, working(service.settings):
        citizen = Citizen(service.http, before.conversation, before.token)
        assert (await citizen.post(None, payload=pressed)).status_code == 202
        assert len(await citizen.answered(2)) == 2
        for secret, status in ((SECRET, 200), ("the next one", 200), ("another", 403)):
            shown = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": "192.0.2.1"}
            assert (await service.http.get("/metrics", headers=shown)).status_code == status
        fresh = await service.citizen()
    async with guichet(_settings(database_url, tmp_path, NEW)) as service:
        assert (await Citizen(service.http, fresh.conversation, fresh.token).post("bonjour")).status_code == 202
        assert (await Citizen(service.http, before.conversation, before.token).post("bonjour")).status_code == 401


async def test_numbers_stops_and_signatures_survive_a_change_of_keys(
    database_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    old = _settings(database_url, tmp_path, OLD, **twilio.settings)
    async with guichet(old) as service, working(old):
        await post(service.http, old, inbound("carte perdue"))
        await post(service.http, old, inbound("STOP", phone=_SILENT))
        await post(service.http, old, inbound("EFFACER", phone=_SILENT))
        await until(lambda: _sent(twilio, 2))
    both = _settings(
        database_url, tmp_path, BOTH, **twilio.settings | {"twilio_auth_token": TOKEN, "sms_secret_also": "the next token"}
    )
    async with guichet(both) as service, working(both):
        assert (await post(service.http, both, inbound("et après ?"), token="the next token")).status_code == 200
        assert (await post(service.http, both, inbound("et après ?"), token="another token")).status_code == 403
        assert (await post(service.http, both, inbound("bonjour", phone=_SILENT))).status_code == 200
        await until(lambda: _sent(twilio, 3))
    assert await _count(database_url, Conversation) == 2  # none was opened a second time
    done = await renew(both)
    assert (done.values, done.numbers, done.stops_left) == (2, 0, 0)  # both wrote meanwhile, and were moved on sight
    assert (await renew(both)).values == 0
    new = _settings(database_url, tmp_path, NEW, **twilio.settings)
    async with guichet(new) as service, working(new):
        assert (await post(service.http, new, inbound("encore là ?"))).status_code == 200
        assert (await post(service.http, new, inbound("et moi ?", phone=_SILENT))).status_code == 200
        await until(lambda: _sent(twilio, 4))
    assert {message["To"] for message in twilio.sent[2:]} == {PHONE}
    assert await _count(database_url, Conversation) == 2
    assert await _count(database_url, OptOut) == 1
    assert await _count(database_url, AuditRow, AuditRow.action == "keys.renewed") == 2


def _settings(url: str, home: Path, secrets: dict[str, str], **more: Any) -> Settings:
    return settings_for(url, _DEAD, home, **secrets, **more)


async def _sent(twilio: FakeTwilio, count: int) -> bool:
    return len(twilio.sent) >= count


async def _count(url: str, table: Any, *where: Any) -> int:
    database = Database(url)
    async with database.read() as session:
        found = await session.scalar(select(func.count()).select_from(table).where(*where))
    await database.close()
    return int(found or 0)
