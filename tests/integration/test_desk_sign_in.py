"""The desks' door on the real gateway: links, passwords, second factors, sessions, forms, and who is held off."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from cli.gateway import create
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, StaffRow, StaffSession, Team
from core.identity import Role, accounts, links, passwords, sessions
from core.settings import Settings
from desk.parts import GROUPS
from tests.desk_support import csrf_of, found_on, make_staff, sign_in
from tests.integration.channels_support import settings_for

PASSWORD = "une longue phrase facile"
_PAGE = {"Accept": "text/html"}


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers=_PAGE) as http:
        yield Desk(settings, app.state.deps.database, http)
    await app.state.deps.close()


class Desk:
    """The gateway, and one browser in front of it."""

    def __init__(self, settings: Settings, database: Database, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self.database = database
        self.http = http
        self.secret = ""
        self.last_code = ""

    async def link(self, role: Role | None = None, email: str = "agent@mairie.example") -> str:
        """A link for the first administrator, or for somebody with ``role``."""
        async with self.database.write() as session:
            if role is None:
                token = await links.first_administrator(session, days=1)
                assert token
            else:
                _, token = await accounts.invite(session, email=email, role=role, actor="test", days=1)
        return links.path(token)

    async def accept(self, path: str, *, email: str = "", name: str = "Camille Dupont") -> httpx.Response:
        form = {"name": name, "email": email, "password": PASSWORD, "again": PASSWORD}
        return await self.http.post(path, data=form)

    async def enrol(self) -> httpx.Response:
        """Set up the second factor that the page shows."""
        page = await self.http.get("/desk/second-factor")
        self.secret = re.sub(r"\s", "", found_on(r'<code id="secret">([^<]+)', page.text))
        self.last_code = pyotp.TOTP(self.secret).now()
        return await self.http.post("/desk/second-factor", data={"code": self.last_code, "csrf": csrf_of(page)})

    async def enter(self, email: str, *, password: str = PASSWORD) -> httpx.Response:
        return await self.http.post("/desk/sign-in", data={"email": email, "password": password})

    async def code(self, code: str) -> httpx.Response:
        page = await self.http.get("/desk/sign-in")
        return await self.http.post("/desk/sign-in/code", data={"code": code, "csrf": csrf_of(page)})

    async def forget_step(self) -> None:
        """As if the time step of the last code had passed."""
        async with self.database.write() as session:
            await session.execute(update(StaffRow).values(totp_step=0))

    async def actions(self) -> list[str]:
        async with self.database.read() as session:
            return list((await session.scalars(select(AuditRow.action).order_by(AuditRow.seq))).all())


async def test_the_first_administrator_comes_in_by_the_link_and_nobody_else(desk: Desk) -> None:
    path = await desk.link()
    assert (await desk.accept(path, email="chef@mairie.example")).status_code == 303
    recovery = await desk.enrol()
    codes = re.findall(r"<code>([a-z0-9-]{17})</code>", recovery.text)
    assert len(set(codes)) == 10
    start = await desk.http.get("/desk")
    assert start.status_code == 200
    assert "Camille Dupont" in start.text
    assert (await desk.http.get("/desk/staff")).status_code == 200
    async with desk.database.write() as session:
        assert await links.first_administrator(session, days=1) is None
    desk.http.cookies.clear()
    assert (await desk.accept(path, email="autre@mairie.example")).status_code == 404
    assert [action for action in await desk.actions() if action == "staff.accept"] == ["staff.accept"]
    # A recovery code signs in once.
    for expected in (303, 422):
        desk.http.cookies.clear()
        await desk.enter("chef@mairie.example")
        answer = await desk.code(codes[0].upper())
        assert answer.status_code == expected
        if expected == 303:
            assert answer.headers["location"].startswith("/desk/account"), "where another telephone is set up"
            page = await desk.http.get(answer.headers["location"])
            assert "par un code de secours" in page.text
            assert "Codes de secours restants : 9" in page.text.replace("\xa0", " ")
        else:
            assert "il a déjà servi" in answer.text, "a telephone's clock has no part in it"


async def test_password_then_code_and_each_code_once(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    desk.http.cookies.clear()
    assert (await desk.enter("AGENT@mairie.example ")).status_code == 303
    assert (await desk.http.get("/desk")).status_code == 303, "a password alone opens nothing"
    used = await desk.code(desk.last_code)
    assert used.status_code == 422, "the code was used to set up"
    assert "Ce code n’est pas le bon" in used.text, "the password was right: it is not that which is to be checked"
    await desk.forget_step()
    assert (await desk.code(pyotp.TOTP(desk.secret).now())).status_code == 303
    assert (await desk.http.get("/desk")).status_code == 200
    refused = await desk.http.get("/desk/staff?lang=en", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert refused.status_code == 403
    assert "Your role does not allow this" in refused.text, "in the language that was chosen"
    assert "/desk/sign-out" in refused.text, "the page of somebody who is signed in: with their menu"
    assert 'href="/desk/sign-in"' not in refused.text


async def test_a_session_ends_by_sign_out_revocation_idling_and_disabling(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.EDITOR)
    others = await sign_in(desk.database, desk.settings, staff)
    mine = await sign_in(desk.database, desk.settings, staff)
    assert (await desk.http.get("/desk/account", headers=mine)).text.count('name="session"') == 1
    ended = await desk.http.post("/desk/account/sessions/end", headers=mine, data={"session": ""})
    assert ended.status_code == 303
    assert (await desk.http.get("/desk", headers=others)).status_code == 303
    assert (await desk.http.get("/desk", headers=mine)).status_code == 200
    assert (await desk.http.post("/desk/sign-out", headers=mine)).status_code == 303
    assert (await desk.http.get("/desk", headers=mine)).headers["location"].startswith("/desk/sign-in?next=")
    again = await sign_in(desk.database, desk.settings, staff)
    async with desk.database.write() as session:
        await session.execute(update(StaffSession).values(seen_at=now() - timedelta(hours=3)))
    assert (await desk.http.get("/desk", headers=again)).status_code == 303
    last = await sign_in(desk.database, desk.settings, staff)
    async with desk.database.write() as session:
        await accounts.disable(session, staff.id, actor="test")
    assert (await desk.http.get("/desk", headers=last)).status_code == 303


async def test_forms_of_other_sites_and_without_a_token_are_refused(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.ADMINISTRATOR)
    headers = await sign_in(desk.database, desk.settings, staff)
    form = {"email": "x@y.example", "role": "reader"}
    for change in (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert (await desk.http.post("/desk/staff/invite", data=form, headers=headers | change)).status_code == 403
    assert (await desk.http.post("/desk/staff/invite", data=form, headers=headers)).status_code == 200
    evil = {"Origin": "https://evil.example"}
    assert (await desk.http.post("/desk/sign-in", data={"email": "a", "password": "b"}, headers=evil)).status_code == 403


async def test_guessing_is_held_off_and_the_owner_still_comes_in(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    device = desk.http.cookies["guichet-device"]
    desk.http.cookies.clear()
    answers = [(await desk.enter("agent@mairie.example", password="faux mot de passe")).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert (await desk.enter("agent@mairie.example")).status_code == 429
    desk.http.cookies.set("guichet-device", device)
    assert (await desk.enter("agent@mairie.example")).status_code == 303
    assert "staff.sign_in_failed" in await desk.actions()


async def test_guesses_at_a_password_are_counted_however_many_come_at_once(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    desk.http.cookies.clear()
    answers = await asyncio.gather(*(desk.enter("agent@mairie.example", password=f"faux {n}") for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 15


async def test_accounts_tried_from_one_address_are_counted_however_many_come_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=64).hash("nobody's password")
    monkeypatch.setattr(passwords, "_nobodys", lambda: cheap)
    tries = (desk.enter(f"agent{n}@mairie.example", password="Été 2026 à la mairie") for n in range(60))
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [422] * 30 + [429] * 30


async def test_the_right_password_leaves_no_failure_behind(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    desk.http.cookies.clear()
    for _ in range(8):
        assert (await desk.enter("agent@mairie.example")).status_code == 303


async def test_too_many_wrong_codes_lead_back_to_the_password_and_say_so(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    device = desk.http.cookies["guichet-device"]
    desk.http.cookies.clear()
    desk.http.cookies.set("guichet-device", device)
    await desk.enter("agent@mairie.example")
    said = [(await desk.code("000000")).text for _ in range(5)]
    assert all("Ce code n’est pas le bon" in page for page in said[:4])
    assert "recommencez par l’adresse et le mot de passe" in said[4]
    assert 'name="password"' in said[4]


async def test_the_start_page_says_of_each_door_what_is_behind_it(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.ADMINISTRATOR))
    await desk.enrol()
    for language in ("fr", "en"):
        page = (await desk.http.get(f"/desk?lang={language}")).text
        menu, _, start = page.partition("<main")
        doors = re.findall(r'<a class="door" href="([^"]+)"><strong>[^<]+</strong> <span>([^<]+)</span>', start)
        assert sorted(path for path, _ in doors) == sorted({*re.findall(r'<li><a href="(/desk/[^"]+)"', menu), "/desk/account"})
        assert len({what for _, what in doors}) == len(doors) > 15
        assert start.count("<h2>") == len(GROUPS) + 1


async def test_who_answers_citizens_begins_with_them(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.SUPERVISOR))
    await desk.enrol()
    assert re.findall(r"<h2>([^<]+)</h2>", (await desk.http.get("/desk")).text)[0] == "Répondre aux citoyens"


async def test_one_of_two_who_race_for_a_link_gets_it(desk: Desk) -> None:
    path = await desk.link(Role.READER)
    answers = await asyncio.gather(*(desk.accept(path, name=f"Personne {n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404]


@pytest.mark.parametrize("kind", ["authenticator", "recovery"])
async def test_of_those_who_race_with_one_code_one_comes_in(desk: Desk, kind: str) -> None:
    email = "agent@mairie.example"
    await desk.accept(await desk.link(Role.EDITOR, email))
    codes = re.findall(r"<code>([a-z0-9-]{17})</code>", (await desk.enrol()).text)
    await desk.forget_step()
    code = codes[0] if kind == "recovery" else pyotp.TOTP(desk.secret).now()
    async with AsyncExitStack() as stack:
        browsers = []
        for _ in range(5):
            http = httpx.AsyncClient(transport=desk.http._transport, base_url=desk.settings.base_url, headers=_PAGE)
            browsers.append(Desk(desk.settings, desk.database, await stack.enter_async_context(http)))
            await browsers[-1].enter(email)
        answers = await asyncio.gather(*(one.code(code) for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422, 422]


async def test_guesses_at_a_code_are_counted_however_many_come_at_once(desk: Desk) -> None:
    email = "agent@mairie.example"
    await desk.accept(await desk.link(Role.EDITOR, email))
    await desk.enrol()
    desk.http.cookies.clear()
    await desk.enter(email)
    page = await desk.http.get("/desk/sign-in")
    guesses = [{"code": f"{number:06}", "csrf": csrf_of(page)} for number in range(40)]
    answers = await asyncio.gather(*(desk.http.post("/desk/sign-in/code", data=guess) for guess in guesses))
    assert all(answer.status_code != 303 for answer in answers)
    assert (await desk.actions()).count("staff.sign_in_failed") <= 5


async def test_roles_collections_and_the_last_administrator(desk: Desk) -> None:
    admin = await make_staff(desk.database, Role.ADMINISTRATOR, password="x")
    editor = await make_staff(desk.database, Role.EDITOR)
    headers = await sign_in(desk.database, desk.settings, admin)
    form: dict[str, str | list[str]] = {
        "role": "publisher",
        "name": "Léa",
        "collections": "mairie, national",
        "languages": "fr",
        "capacity": "4",
    }
    async with desk.database.write() as session:
        session.add(Team(name="logement", themes=[], languages=[]))
    form |= {"teams": ["logement", "Logment"]}  # ticked; the other was deleted meanwhile
    wrong = await desk.http.post(f"/desk/staff/{editor.id}", data=form | {"languages": "français"}, headers=headers)
    assert (wrong.status_code, "n’est pas un code de langue" in wrong.text) == (422, True)
    assert (await desk.http.post(f"/desk/staff/{editor.id}", data=form, headers=headers)).status_code == 303
    page = (await desk.http.get(f"/desk/staff/{editor.id}", headers=headers)).text
    assert 'value="logement" checked' in page
    seen = re.findall(r'name="seen" value="([0-9a-f]{16})"', page)[0]
    change = form | {"languages": "fr", "seen": seen}
    assert (
        await desk.http.post(f"/desk/staff/{editor.id}", data=change | {"name": "Léa D."}, headers=headers)
    ).status_code == 303
    late = await desk.http.post(f"/desk/staff/{editor.id}", data=change | {"role": "administrator"}, headers=headers)
    assert (late.status_code, "a été changé entre-temps" in late.text) == (422, True), "a page left open takes nothing back"
    assert (await desk.http.post(f"/desk/staff/{editor.id}", data=form, headers=headers)).status_code == 303
    assert "Logment" not in page
    found = await sessions.find(
        desk.database, (await sign_in(desk.database, desk.settings, editor))["Cookie"][13:], desk.settings
    )
    assert found
    assert (found.staff.role, found.staff.collections) == (Role.PUBLISHER, ("mairie", "national"))
    assert (found.staff.may_edit("mairie"), found.staff.may_edit("autre")) == (True, False)
    last = await desk.http.post(f"/desk/staff/{admin.id}/disable", headers=headers)
    assert last.status_code == 422
    assert "dernier administrateur" in last.text
    assert (await desk.http.get("/desk/staff/nobody", headers=headers)).status_code == 404
    reset = await desk.http.post(f"/desk/staff/{editor.id}/reset", headers=headers)
    link = found_on(r"(/desk/invitation/[\w-]+)", reset.text)
    assert "<h1>Nouveau mot de passe</h1>" in (await desk.http.get(link)).text, "no access is made anew"


async def test_nobody_is_sent_to_another_site_after_signing_in(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.READER)
    headers = await sign_in(desk.database, desk.settings, staff)
    for path in ("https://evil.example/desk/", "//evil.example", "/desk/../../x//", "/\\evil.example", "javascript:alert(1)"):
        answer = await desk.http.get("/desk/sign-in", params={"next": path}, headers=headers)
        assert answer.headers["location"] == "/desk", path
    answer = await desk.http.get("/desk/sign-in", params={"next": "/desk/account?lang=en"}, headers=headers)
    assert answer.headers["location"] == "/desk/account?lang=en"


async def test_a_language_is_remembered(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.READER)
    headers = await sign_in(desk.database, desk.settings, staff)
    assert 'lang="fr"' in (await desk.http.get("/desk", headers=headers)).text
    assert "My account" in (await desk.http.get("/desk?lang=en", headers=headers)).text
    assert "My account" in (await desk.http.get("/desk", headers=headers)).text
