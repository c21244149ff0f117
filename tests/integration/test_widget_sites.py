"""A conversation belongs to the website that it began on: its token opens nothing from a page of another one."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from channels.signing import Signing
from tests.integration.channels_support import Guichet, guichet, settings_for
from tests.integration.migrated import migrated
from tests.integration.test_channels_streams import closed, frames

TOWN, LIBRARY, STRANGER = "https://mairie.example", "https://mediatheque.example:8443", "https://other.example"


@pytest.fixture
async def service(redis_url: str, tmp_path: Path) -> AsyncIterator[Guichet]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    settings = settings_for(url, redis_url, tmp_path, widget_sites=f"{TOWN}, {LIBRARY}/")
    await migrated(url)
    async with guichet(settings) as running:
        yield running


def _from(site: str | None, token: str = "") -> dict[str, str]:
    found = {"Origin": site} if site else {}
    return found | ({"Authorization": f"Bearer {token}"} if token else {})


async def _token(service: Guichet, site: str | None) -> str:
    opened = await service.http.post("/api/web/conversations", json={}, headers=_from(site))
    assert opened.status_code == 201, opened.text
    return str(opened.json()["token"])


async def _opens(service: Guichet, token: str, site: str | None) -> set[str]:
    """The doors that ``token`` opens from a page of ``site``."""
    found, headers = set(), _from(site, token)
    body = {"id": uuid.uuid4().hex, "text": "bonjour"}
    if (await service.http.post("/api/web/messages", json=body, headers=headers)).status_code == 202:
        found.add("messages")
    if (await service.http.get("/api/web/history", headers=headers)).status_code == 200:
        found.add("history")
    async with service.http.stream("GET", "/api/web/events", headers=headers) as stream:
        if stream.status_code == 200:
            found.add("events")
    try:
        url = f"ws://127.0.0.1:{service.settings.port}/api/web/socket"
        async with connect(url, origin=site) as connection:  # type: ignore[arg-type]
            await connection.send(json.dumps({"type": "hello", "token": token}))
            if (await frames(connection, "ready"))[-1]["type"] == "ready":
                found.add("socket")
    except Exception:
        pass
    return found


ALL = {"messages", "history", "events", "socket"}


async def test_a_token_opens_its_conversation_from_its_own_site_only(service: Guichet) -> None:
    ours = service.settings.base_url
    sites: tuple[str | None, ...] = (None, TOWN, LIBRARY)
    tokens = {site: await _token(service, site) for site in sites}
    for begun, token in tokens.items():
        for asking in (None, ours, TOWN, LIBRARY, STRANGER, "null"):
            same = asking == begun or (begun is None and asking == ours)  # our own pages name no origin when they read
            assert await _opens(service, token, asking) == (ALL if same else set()), (begun, asking)


async def test_the_widget_begins_nothing_where_it_may_not_stand(service: Guichet) -> None:
    for site in (STRANGER, "null", "http://mairie.example", "https://mairie.example.other.example"):
        refused = await service.http.post("/api/web/conversations", json={}, headers=_from(site))
        assert refused.status_code == 403


async def test_a_site_that_is_taken_off_the_list_loses_its_tokens(service: Guichet) -> None:
    opened = await service.http.post("/api/web/conversations", json={})
    signing = Signing(service.settings.secret_key.get_secret_value())
    former = signing.token(opened.json()["conversation"], STRANGER)
    assert await _opens(service, former, STRANGER) == set()


async def test_the_plain_page_takes_its_own_tokens_only(service: Guichet) -> None:
    for token, status in ((await _token(service, None), 200), (await _token(service, TOWN), 200)):
        page = await service.http.get("/assistant", headers={"Cookie": f"guichet_conversation={token}"})
        assert page.status_code == status
    # With a token of another site the page begins anew: it forgets the cookie, and shows nothing of that conversation.
    assert 'guichet_conversation=""' in page.headers["set-cookie"]


async def test_a_socket_says_why_before_it_closes(service: Guichet) -> None:
    token = await _token(service, TOWN)
    url = f"ws://127.0.0.1:{service.settings.port}/api/web/socket"
    async with connect(url, origin=LIBRARY) as connection:  # type: ignore[arg-type]
        await connection.send(json.dumps({"type": "hello", "token": token}))
        assert (await frames(connection, "error"))[-1]["problem"]["status"] == 401
        await closed(connection)
        assert connection.close_code == 4401
