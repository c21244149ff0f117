"""A form that comes after its session has ended is held in a page, to be sent again; never another site's, nor a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cli.gateway import create
from core.database import Database
from core.identity import Role
from core.settings import Settings
from tests.desk_support import csrf_of, make_staff, sign_in
from tests.integration.channels_support import settings_for

_NEW = "/desk/entries/new"
_FORM = {"title": 'Piscine "du" <parc>', "collection": "mairie", "csrf": "0" * 64}


@dataclass(frozen=True)
class Desk:
    settings: Settings
    database: Database
    http: httpx.AsyncClient

    async def post(self, form: dict[str, str], path: str = _NEW, **headers: str) -> httpx.Response:
        return await self.http.post(
            path, data=form, headers={"Accept": "text/html", "Origin": self.settings.base_url} | headers
        )


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        yield Desk(settings, app.state.deps.database, http)
    await app.state.deps.close()


async def test_what_was_written_waits_for_its_writer_to_sign_in_again(desk: Desk) -> None:
    held = await desk.post(_FORM, _NEW + "?from=list")
    assert held.status_code == 401
    assert f'action="{_NEW}?from=list"' in held.text
    assert "Piscine &#34;du&#34; &lt;parc&gt;</textarea>" in held.text
    assert "0" * 64 not in held.text

    staff = await make_staff(desk.database, Role.EDITOR, name="Claire")
    cookie = {"Cookie": (await sign_in(desk.database, desk.settings, staff))["Cookie"]}
    shown = await desk.post(_FORM | {"csrf": ""}, **cookie)
    assert shown.status_code == 403
    assert "Claire" in shown.text
    done = await desk.post(_FORM | {"csrf": csrf_of(shown)}, **cookie)
    assert (done.status_code, done.headers["location"].partition("?")[2]) == (303, "done=created")


async def test_another_sites_form_and_a_secret_are_not_held(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.ADMINISTRATOR)
    cookie = {"Cookie": (await sign_in(desk.database, desk.settings, staff))["Cookie"]}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        for who in ({}, cookie):
            refused = await desk.post(_FORM, **headers, **who)
            assert refused.status_code in (401, 403)
            assert "Piscine" not in refused.text
    unsure = await desk.http.post(_NEW, data=_FORM, headers={"Accept": "text/html"} | cookie)
    assert (unsure.status_code, "Piscine" in unsure.text) == (403, False)
    words = {"old": "x", "new": "très secret", "again": "très secret", "csrf": "x"}
    secret = await desk.post(words, "/desk/account/password", **cookie)
    assert "secret" not in secret.text
    file = await desk.http.post(
        _NEW, data=_FORM, files={"file": b"x"}, headers={"Accept": "text/html", "Origin": desk.settings.base_url} | cookie
    )
    assert (file.status_code, "Piscine" in file.text) == (403, False)
