"""``./guichet doctor`` on records that are missing, of another version, left waiting, or out of reach."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.doctor.database import check_record
from cli.language import Refusal
from cli.preflight import is_taken
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Delivery, Job, Message, Reply
from core.settings import ROOT, Settings
from tests.integration.channels_support import settings_for
from tests.integration.servers import free_port


async def _levels(settings: Settings) -> dict[str, str]:
    return {finding.check: finding.level async for finding in check_record(settings)}


async def test_what_waits_and_what_was_not_copied_is_told(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path)
    none_yet = {"sql": "ok", "waiting": "ok", "backup": "warning", "ledger": "warning", "clock": "ok"}
    assert (await _levels(settings)) | {"clock": "ok"} == none_yet
    async with database.write() as session:
        session.add(Conversation(id="c", channel="web", origin="citizen", language="fr"))
        await session.flush()
        late = now() - timedelta(minutes=5)
        session.add(Message(id="m", conversation_id="c", external_id="m", dedup="m", text="?", received_at=late))
        session.add(Job(name="backup", owner="w", expires_at=late, finished_at=now() - timedelta(hours=30)))
    copied = settings.model_copy(update={"backup_folder": str(tmp_path), "backup_recipients": "age1x"})
    found = await _levels(copied)
    assert (found["waiting"], found["backup"]) == ("problem", "warning")  # on the record's own disk
    monkeypatch.setattr("cli.doctor.backups.on_one_disk", lambda one, other: False)
    assert (await _levels(copied))["backup"] == "ok"
    unmounted = copied.model_copy(update={"backup_folder": str(tmp_path / "gone")})
    assert (await _levels(unmounted))["backup"] == "problem"
    rare = copied.model_copy(update={"backup_hours": 6.0})
    assert (await _levels(rare))["backup"] == "problem"


async def test_a_stop_that_twilio_keeps_to_itself_is_told_and_is_no_message_that_did_not_arrive(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with database.write() as session:
        session.add(Conversation(id="c", channel="sms", origin="citizen", language="fr"))
        await session.flush()
        session.add(Reply(id="r", conversation_id="c", outcome="command", blocks=[]))
        await session.flush()
        told = {"reply_id": "r", "provider": "twilio", "text": "…", "segments": 1}
        session.add(Delivery(part=0, status="failed", error="21610", **told))
    found = await _levels(settings_for(database_url, redis_url, tmp_path))
    assert found["stop"] == "warning"
    assert "deliveries" not in found


async def test_tables_of_another_version_are_named(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    found = [finding async for finding in check_record(settings_for(database_url, redis_url, tmp_path))]
    (wrong,) = [finding for finding in found if finding.check == "sql"]
    assert "0001" in wrong.message[0]
    assert "database upgrade" in wrong.advice[1]


async def test_a_record_out_of_reach_is_one_finding(redis_url: str, tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none"
    assert await _levels(settings_for(url, redis_url, tmp_path)) == {"sql": "problem"}


def _run(home: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "GUICHET_LANG": "en",
        "GUICHET_HOME": str(home),
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": "internal-secret",
        "GUICHET_ADDRESS_KEY": "address-key",
        # Not the usual ports: the developer's own service may be listening there.
        **{f"GUICHET_{name}PORT": str(free_port()) for name in ("", "RASA_", "ACTIONS_", "REDIS_")},
    }
    command = [sys.executable, "-m", "cli", "doctor", "--json"]
    return subprocess.run(command, cwd=ROOT, env=environment | changes, capture_output=True, text=True, check=False)


def test_a_machine_where_nothing_was_ever_started(tmp_path: Path) -> None:
    told = _run(tmp_path)
    assert told.returncode == 1, told.stderr
    report = json.loads(told.stdout)
    wrong = {finding["check"] for finding in report["findings"] if finding["level"] == "problem"}
    assert {"processes", "sql", "index", "secrets"} <= wrong
    assert report["healthy"] is False
    assert not list(tmp_path.iterdir())  # it looks, and makes nothing
    unreadable = json.loads(_run(tmp_path, GUICHET_DESK_HOURS="whenever").stdout)
    assert [finding["check"] for finding in unreadable["findings"]] == ["settings"]


def test_a_port_is_tried_at_the_address_that_will_be_listened_at() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert is_taken(port, "127.0.0.1")
    assert not is_taken(port, "127.0.0.1")
    with pytest.raises(Refusal, match="GUICHET_HOST"):
        is_taken(port, "203.0.113.9")
