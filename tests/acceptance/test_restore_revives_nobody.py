"""An old backup is put back after the record was lost: who was turned away since stays out, who was erased stays erased.

What the attackers hold: an old cookie, an old password with its second factor, an unused link, an old web token, a token of the
API.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import make_url

from cli.commands import backup as backup_command
from cli.gateway import create
from cli.language import Refusal
from core.audit.queries import newest, verify
from core.backup.archive import new_identity
from core.database import Database
from core.identity import Role, Staff, accounts, links, own_account, passwords
from core.identity.vault import Vault
from core.settings import Settings
from integrators import tokens
from integrators.tokens import Scope
from integrators.webhooks import addresses
from integrators.webhooks.events import OFFERED
from tests.desk_support import csrf_of, make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.migrated import migrated
from tests.integration.servers import PostgresServer

_REDIS = "redis://127.0.0.1:1/0"
_OLD, _NEW = "une longue phrase facile", "une autre longue phrase"


@dataclass
class Known:
    """What outsiders kept from the time of the backup."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    totp: str = ""
    link: str = ""
    conversation: str = ""
    token: str = ""
    receipt: str = ""
    programs: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        yield http, app.state.deps.database
    await app.state.deps.close()


async def _before(database: Database, http: httpx.AsyncClient, settings: Settings) -> tuple[Known, dict[str, Staff]]:
    """An administrator, three of the staff with open sessions, a link that nobody used, a citizen."""
    known = Known(totp=pyotp.random_base32())
    vault = Vault(*settings.secret_keys)
    secrets: dict[str, Any] = {"password": await passwords.digest(_OLD), "totp": vault.encrypt(known.totp)}
    roles = {"boss": Role.ADMINISTRATOR, "leaver": Role.ADMINISTRATOR, "mover": Role.ADMINISTRATOR, "careful": Role.EDITOR}
    staff = {name: await make_staff(database, role, email=f"{name}@mairie.example", **secrets) for name, role in roles.items()}
    known.cookies = {name: await sign_in(database, settings, person) for name, person in staff.items()}
    async with database.write() as session:
        _, token = await accounts.invite(session, email="new@mairie.example", role=Role.ADMINISTRATOR, actor="test", days=7)
        for name in ("kept", "revoked"):
            access: dict[str, Any] = {"scopes": [Scope.ENTRIES], "per_minute": 9, "days": 9, "test": False}
            _, known.programs[name] = await tokens.create(session, name=name, **access, actor="test")
        await addresses.create(session, vault, url="https://program.example/", events=OFFERED, actor="test")
    known.link = links.path(token)
    opened = (await http.post("/api/web/conversations", json={})).json()
    known.conversation, known.token = opened["conversation"], opened["token"]
    assert (await _ask(http, known.token)).status_code == 202
    return known, staff


async def _since(database: Database, http: httpx.AsyncClient, known: Known, staff: dict[str, Staff]) -> None:
    """After the backup: one leaves, one is demoted, one changes the password, the citizen is erased, a program is shut out."""
    boss = staff["boss"].id
    async with database.write() as session:
        await accounts.disable(session, staff["leaver"].id, actor=boss)
    async with database.write() as session:
        await accounts.change(session, staff["mover"].id, actor=boss, role=Role.READER)
    async with database.write() as session:
        revoked = next(row.id for row in await tokens.listed(session) if row.name == "revoked")
        assert await tokens.revoke(session, revoked, actor=boss)
    async with database.write() as session:
        assert await addresses.remove(session, (await addresses.listed(session))[0].id, actor=boss)
    await own_account.change_password(database, staff["careful"], old=_OLD, new=_NEW)
    gone = await http.delete("/api/web/conversations/current", headers={"Authorization": f"Bearer {known.token}"})
    assert gone.status_code == 204
    known.receipt = gone.headers["Guichet-Receipt"]


def _ask(http: httpx.AsyncClient, token: str) -> asyncio.Future[httpx.Response]:
    body = {"id": "m" * 32, "text": "carte perdue"}
    return asyncio.ensure_future(http.post("/api/web/messages", json=body, headers={"Authorization": f"Bearer {token}"}))


async def _enters(http: httpx.AsyncClient, email: str, known: Known) -> bool:
    """Whether the old password and the old second factor open the desk."""
    http.cookies.clear()
    first = await http.post("/desk/sign-in", data={"email": email, "password": _OLD}, headers={"Accept": "text/html"})
    if first.status_code != 303:
        return False
    page = await http.get("/desk/sign-in")
    form = {"code": pyotp.TOTP(known.totp).now(), "csrf": csrf_of(page)}
    return (await http.post("/desk/sign-in/code", data=form)).status_code == 303


async def _reads(http: httpx.AsyncClient, cookie: dict[str, str]) -> bool:
    """Whether an old cookie still opens the desk."""
    http.cookies.clear()
    return (await http.get("/desk/account", headers=cookie)).status_code == 200


async def _opens(http: httpx.AsyncClient, token: str) -> bool:
    """Whether a token opens the API."""
    return (await http.get("/api/v1/entries", headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def _sends(database: Database) -> bool:
    """Whether events would be sent to the address that was removed."""
    async with database.read() as session:
        return any(row.disabled_at is None for row in await addresses.listed(session))


def _lose(settings: Settings) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(str(make_url(settings.sql_url).database) + suffix).unlink(missing_ok=True)


async def _lost(settings: Settings, server: PostgresServer) -> Settings:
    """The settings of the machine that takes over: the record is gone, or its database is a new, empty one."""
    if settings.sql_url.startswith("sqlite"):
        _lose(settings)
        return settings
    return settings.model_copy(update={"database_url": server.url(await server.create())})


def _settings(url: str, home: Path) -> Settings:
    return settings_for(url, _REDIS, home, backup_key=new_identity())


def _restore(monkeypatch: pytest.MonkeyPatch, settings: Settings, file: Path, **options: bool) -> None:
    monkeypatch.setattr(backup_command, "Settings", lambda: settings)
    backup_command.restore(file, **options)  # type: ignore[arg-type]


async def test_restore_after_the_record_is_lost_revives_nobody(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer
) -> None:
    settings, file = _settings(database_url, tmp_path / "home"), tmp_path / "b.age"
    async with _service(settings) as (http, database):
        known, staff = await _before(database, http, settings)
        monkeypatch.setattr(backup_command, "Settings", lambda: settings)
        await asyncio.to_thread(backup_command.backup, file)
        await _since(database, http, known, staff)
    settings = await _lost(settings, postgres_server)
    await asyncio.to_thread(_restore, monkeypatch, settings, file)
    async with _service(settings) as (http, database):
        async with database.read() as session:
            rows = {row.email.partition("@")[0]: row for row in await accounts.listed(session)}
        tried = {f"cookie of {name}": await _reads(http, headers) for name, headers in known.cookies.items()}
        tried["link"] = (await http.get(known.link)).status_code == 200
        tried["disabled account"] = await _enters(http, "leaver@mairie.example", known)
        tried["old password"] = await _enters(http, "careful@mairie.example", known)
        tried["old role"] = rows["mover"].role != Role.READER
        tried["revoked token"] = await _opens(http, known.programs["revoked"])
        tried["removed webhook"] = await _sends(database)
        tried["erased conversation"] = (await _ask(http, known.token)).status_code == 202
        assert [name for name, worked in tried.items() if worked] == []
        assert rows["leaver"].disabled_at is not None
        assert (await verify(database)).broken is None
        audited = await newest(database, limit=1000, action="conversation.erased")
        assert [row.target for row in audited] == [f"receipt:{known.receipt}"]
        assert known.conversation not in "".join(row.details for row in audited)
        # Who was left alone comes in as ever.
        assert await _enters(http, "boss@mairie.example", known)
        assert await _opens(http, known.programs["kept"])


async def test_restore_without_its_ledger_is_refused_until_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    settings, file = _settings(url, tmp_path / "home"), tmp_path / "b.age"
    async with _service(settings) as (http, database):
        known, staff = await _before(database, http, settings)
        monkeypatch.setattr(backup_command, "Settings", lambda: settings)
        await asyncio.to_thread(backup_command.backup, file)
        await _since(database, http, known, staff)
    _lose(settings)
    ledger = settings.ledger_file
    whole = ledger.read_bytes()
    for damage in (b"", whole[:-9], whole.replace(b'"staff.disable"', b'"staff.enable"')):
        ledger.unlink(missing_ok=True)
        if damage:
            ledger.write_bytes(damage)
        with pytest.raises(Refusal, match="without-ledger"):
            await asyncio.to_thread(_restore, monkeypatch, settings, file)
    ledger.unlink()
    await asyncio.to_thread(_restore, monkeypatch, settings, file, without_ledger=True)
    async with _service(settings) as (http, database):
        for headers in known.cookies.values():  # sessions end all the same
            assert not await _reads(http, headers)
        for name in staff:  # anybody may have been turned away since: nobody comes in until the operator says who may
            assert not await _enters(http, f"{name}@mairie.example", known)
        assert not await _opens(http, known.programs["kept"])
        assert not await _sends(database)
        async with database.write() as session:
            await accounts.enable(session, staff["boss"].id, actor="test")
            token = await accounts.reset(session, staff["boss"].id, actor="test", days=1)
        assert (await http.get(links.path(token))).status_code == 200
        assert not await _enters(http, "boss@mairie.example", known)  # the password of then is not accepted
        assert (await verify(database)).broken is None
