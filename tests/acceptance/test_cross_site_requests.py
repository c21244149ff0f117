"""Another website that acts in somebody's name: with the token of a conversation, or with the cookie of staff or a citizen."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from conversations.signing import Signing
from core.database import Database
from core.identity import Role
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet, settings_for
from tests.integration.migrated import migrated
from tests.integration.streams_support import closed, frames

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


async def test_the_widgets_api_names_no_other_site_to_a_browser(service: Guichet) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    ours = await service.http.options("/api/web/messages", headers=asked | {"Origin": TOWN})
    assert ours.headers["access-control-allow-origin"] == TOWN
    assert "access-control-allow-credentials" not in ours.headers
    for site in (STRANGER, "null", f"{TOWN}.other.example"):
        other = await service.http.options("/api/web/messages", headers=asked | {"Origin": site})
        assert "access-control-allow-origin" not in other.headers


async def test_no_other_page_is_named_to_a_browser_outside_the_widgets_api(service: Guichet) -> None:
    asked = {"Origin": TOWN, "Access-Control-Request-Method": "POST"}
    for path in (
        "/desk/sign-in",
        "/api/desk/console/replies",
        "/assistant",
        "/webhooks/sms/twilio",
        "/health/live",
        "/",
        "/about",
    ):
        for method in ("OPTIONS", "GET"):
            answer = await service.http.request(method, path, headers=asked)
            assert "access-control-allow-origin" not in answer.headers, (method, path)


async def test_a_page_that_may_not_embed_the_widget_gets_no_socket(service: Guichet) -> None:
    url = f"ws://127.0.0.1:{service.settings.port}/api/web/socket"
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(url, origin=STRANGER):  # type: ignore[arg-type]
            pass


_FOREIGN = ({"Origin": STRANGER}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})


async def test_a_citizens_cookie_does_nothing_for_a_form_of_another_site(service: Guichet) -> None:
    citizen = await service.citizen()
    cookie = {"Cookie": f"guichet_conversation={citizen.token}"}
    form = {"id": str(uuid.uuid4()), "text": "bonjour", "to": "en", "reply": "1", "useful": "yes"}
    for path in ("", "/feedback", "/language", "/restart"):
        for foreign in _FOREIGN:
            answer = await service.http.post(f"/assistant{path}", data=form, headers=cookie | foreign)
            assert answer.status_code == 403, (path, foreign)
    assert await citizen.history() == []  # it is still there, and nothing was said in it


@pytest.fixture
async def staff(service: Guichet) -> dict[str, str]:
    """Headers of an administrator's browser on a page of ours."""
    database = Database(service.settings.sql_url)
    headers = await sign_in(database, service.settings, await make_staff(database, Role.ADMINISTRATOR))
    await database.close()
    return headers


async def test_a_staff_cookie_does_nothing_for_a_form_of_another_site(service: Guichet, staff: dict[str, str]) -> None:
    form, path = {"email": "x@y.example", "role": "reader"}, "/desk/staff/invite"
    for change in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, *_FOREIGN):
        assert (await service.http.post(path, data=form, headers=staff | change)).status_code == 403, change
    cookie = {"Cookie": staff["Cookie"]}
    for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):  # what a form or script can send
        written = cookie | {"Content-Type": kind}
        answer = await service.http.post(path, content=b"email=x@y.example&role=reader", headers=written)
        assert answer.status_code == 403, kind
    parts = {name: (None, value) for name, value in form.items()}
    assert (await service.http.post(path, files=parts, headers=cookie)).status_code == 403
    for method in ("GET", "HEAD"):
        answer = await service.http.request(method, path, params=form, headers=cookie | {"X-HTTP-Method-Override": "POST"})
        assert answer.status_code in (404, 405)
    assert (await service.http.post(path, data=form, headers=staff)).status_code == 200


async def test_another_site_signs_nobody_in_or_out(service: Guichet, staff: dict[str, str]) -> None:
    form = {"email": "attacker@mairie.example", "password": "une longue phrase"}
    for foreign in _FOREIGN:
        assert (await service.http.post("/desk/sign-in", data=form, headers=foreign)).status_code == 403
        assert (await service.http.post("/desk/sign-out", headers=staff | foreign)).status_code == 403
    assert (await service.http.get("/desk/sign-out", headers=staff)).status_code in (404, 405)
    assert (await service.http.get("/desk", headers=staff)).status_code == 200


async def test_another_site_gets_no_socket_of_the_desk(service: Guichet, staff: dict[str, str]) -> None:
    database = Database(service.settings.sql_url)
    reader = await sign_in(database, service.settings, await make_staff(database, Role.READER))
    await database.close()
    url = f"ws://127.0.0.1:{service.settings.port}/api/desk/console/socket"
    for headers in (staff | {"Origin": STRANGER}, staff | {"Origin": "null"}, {"Cookie": staff["Cookie"]}):
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(url, additional_headers=headers):
                pass
    for headers, code in ((reader, 4403), ({"Origin": service.settings.base_url}, 4401)):
        async with connect(url, additional_headers=headers) as connection:
            await closed(connection)
            assert connection.close_code == code


async def test_no_page_lets_itself_be_framed(service: Guichet, staff: dict[str, str]) -> None:
    for path in ("/assistant", "/about", "/desk/sign-in", "/desk", "/desk/account", "/desk/staff"):
        answer = await service.http.get(path, headers={} if path == "/desk/sign-in" else staff)
        assert answer.status_code == 200, path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
