"""Coming in without being staff: guessing, racing, replaying, planting a session, reading who has an account."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from cli.gateway import create, serving
from core.database.base import now
from core.database.models import Mail, SignInFailure, StaffRow, StaffSession
from core.identity import Role, accounts, links, passwords
from core.settings import Settings
from tests.desk_support import csrf_of, found_on, make_staff, sign_in
from tests.integration.channels_support import served, settings_for
from tests.integration.sign_in_support import PASSWORD, Desk, desk_on


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with desk_on(settings) as desk:
        yield desk


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


async def test_a_stolen_session_does_not_become_the_account(desk: Desk) -> None:
    """Who holds an open session, and neither password nor telephone, installs no telephone and no password of their own."""
    await desk.accept(await desk.link(Role.ADMINISTRATOR))
    await desk.enrol()
    theirs, new = desk.secret, "une phrase que le voleur connaît"
    page = await desk.http.get("/desk/second-factor")
    proven = {"code": pyotp.TOTP(re.sub(r"\s", "", found_on(r'<code id="secret">([^<]+)', page.text))).now()}
    mine = {"csrf": csrf_of(page)}
    await desk.forget_step()
    (staff,) = await desk.people()
    for path, form in (
        ("/desk/second-factor", proven),
        ("/desk/second-factor", proven | {"password": new, "present": pyotp.TOTP(theirs).now()}),
        ("/desk/second-factor", proven | {"password": PASSWORD, "present": proven["code"]}),
        ("/desk/account/password", {"old": PASSWORD, "new": new, "again": new, "present": "000000"}),
        (f"/desk/staff/{staff.id}/reset", {"second_factor": "1"}),
    ):
        refused = await desk.http.post(path, data=form | mine)
        assert refused.status_code == 422, (path, form)
        assert 'class="error"' in refused.text
    assert (await desk.people())[0].totp == staff.totp
    assert (await desk.actions()).count("staff.confirm_failed") == 4
    last = await desk.http.post("/desk/second-factor", data=proven | mine)
    assert last.headers["location"].startswith("/desk/sign-in"), "whoever guesses loses the session"
    assert (await desk.http.get("/desk/account")).status_code == 303
    await desk.enter("agent@mairie.example")
    assert (await desk.code(pyotp.TOTP(theirs).now())).status_code == 303


async def test_a_stolen_session_changes_no_account_after_some_minutes(settings: Settings) -> None:
    """Roles, invitations, resets, access: password and code are asked for again; the form is kept, and the owner is told."""
    settings = settings.model_copy(update={"smtp_host": "127.0.0.1", "mail_from": "guichet@mairie.example"})
    async with desk_on(settings) as desk:
        await desk.accept(await desk.link(Role.ADMINISTRATOR))
        await desk.enrol()
        colleague = await make_staff(desk.database, Role.EDITOR, email="collegue@mairie.example")
        path, form = f"/desk/staff/{colleague.id}", {"role": "publisher", "name": "Claude & Cie", "teams": "a"}
        mine = {"csrf": csrf_of(await desk.http.get("/desk/account"))}

        async def minutes_later() -> None:
            async with desk.database.write() as session:
                old = now() - timedelta(minutes=11)
                await session.execute(update(StaffSession).values(created_at=old, confirmed_at=None))

        async def role() -> str:
            return next(one.role for one in await desk.people() if one.id == colleague.id)

        await minutes_later()
        for one in (path, f"{path}/disable", f"{path}/enable", f"{path}/reset", "/desk/staff/invite"):
            asked = await desk.http.post(one, data=form | mine | {"email": "x@mairie.example"})
            assert (asked.status_code, await role()) == (403, "editor"), one
            assert f'action="{one}"' in asked.text
            assert "Claude &amp; Cie" in asked.text, "what was typed is kept"
        program = await desk.http.post(path, data=form | mine, headers={"Accept": "application/json"})
        assert (program.status_code, program.headers["content-type"]) == (403, "application/problem+json")
        await desk.forget_step()
        proof = {"confirm_password": PASSWORD, "confirm_code": pyotp.TOTP(desk.secret).now()}
        for wrong in ({"confirm_code": "000000"}, {"confirm_password": "autre phrase assez longue"}):
            refused = await desk.http.post(path, data=form | mine | proof | wrong)
            assert (refused.status_code, await role()) == (403, "editor")
            assert 'class="error"' in refused.text
            assert PASSWORD not in refused.text
        assert (await desk.http.post(path, data=form | mine | proof)).status_code == 303
        assert await role() == "publisher"
        assert (await desk.http.post(path, data=form | mine | {"role": "editor"})).status_code == 303, "for some minutes"
        async with desk.database.read() as session:
            kinds = [(one.staff_id, one.kind) for one in await session.scalars(select(Mail).order_by(Mail.seq))]
        assert kinds[-2:] == [(colleague.id, "security")] * 2
        theirs = await sign_in(desk.database, desk.settings, colleague)
        assert "a modifié votre compte" in (await desk.another().http.get("/desk/account", headers=theirs)).text
        await minutes_later()
        for _ in range(4):
            assert (await desk.http.post(path, data=form | mine | {"confirm_code": "000000"})).status_code == 403
        last = await desk.http.post(path, data=form | mine | {"confirm_code": "000000"})
        assert last.headers["location"].startswith("/desk/sign-in"), "whoever guesses loses the session"


async def test_who_has_no_password_here_confirms_by_the_provider_alone(desk: Desk) -> None:
    """Whoever came in by the identity provider has nothing to give again, and nothing typed is taken for it."""
    await desk.accept(await desk.link(Role.ADMINISTRATOR))
    await desk.enrol()
    colleague = await make_staff(desk.database, Role.EDITOR, email="collegue@mairie.example")
    mine = {"csrf": csrf_of(await desk.http.get("/desk/account")), "role": "publisher", "name": "Claude"}
    async with desk.database.write() as session:
        await session.execute(update(StaffSession).values(created_at=now() - timedelta(minutes=11), confirmed_at=None))
        await session.execute(update(StaffRow).values(password=None, totp=None))
    refused = await desk.http.post(f"/desk/staff/{colleague.id}", data=mine | {"confirm_password": "x", "confirm_code": "y"})
    assert refused.status_code == 403
    assert {one.role for one in await desk.people() if one.id == colleague.id} == {"editor"}


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
    monkeypatch.setattr(passwords, "_decoy_hash", lambda: cheap)
    tries = (desk.enter(f"agent{n}@mairie.example", password="Été 2026 à la mairie") for n in range(60))
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [422] * 30 + [429] * 30


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
    browsers = [desk.another() for _ in range(5)]
    for browser in browsers:
        await browser.enter(email)
    answers = await asyncio.gather(*(browser.code(code) for browser in browsers))
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


async def test_codes_are_counted_by_the_day_and_the_owner_is_told(settings: Settings) -> None:
    """Who knows the password guesses slowly, from many addresses: after twenty wrong codes none is looked at for a day."""
    settings = settings.model_copy(update={"smtp_host": "127.0.0.1", "mail_from": "guichet@mairie.example"})
    email = "agent@mairie.example"
    async with desk_on(settings) as desk:
        await desk.accept(await desk.link(Role.EDITOR, email))
        recovery = re.findall(r"<code>([a-z0-9-]{17})</code>", (await desk.enrol()).text)
        device = desk.http.cookies["guichet-device"]

        async def guessed(code: str) -> int:
            desk.http.cookies.clear()
            await desk.enter(email)
            return (await desk.code(code)).status_code

        async def moved(change: timedelta) -> None:
            async with desk.database.write() as session:
                for failure in await session.scalars(select(SignInFailure)):
                    failure.at -= change

        wrong = str((int(pyotp.TOTP(desk.secret).now()) + 500_000) % 1_000_000).zfill(6)
        for number in range(20):
            assert await guessed(wrong) == (422 if number < 19 else 429), number
            await moved(timedelta(minutes=20))
        async with desk.database.read() as session:
            assert [one.kind for one in await session.scalars(select(Mail))].count("security") == 2, "set up, and held"
        await desk.forget_step()
        held = pyotp.TOTP(desk.secret).now()
        assert await guessed(held) == 429, "not even the right one"
        assert (await desk.actions()).count("staff.codes_held") == 1
        desk.http.cookies.clear()
        desk.http.cookies.set("guichet-device", device)
        await desk.enter(email)
        assert (await desk.code(held)).status_code == 303, "the owner's browser is not held"
        assert "Trop de codes faux" in (await desk.http.get("/desk/account")).text
        assert await guessed(recovery[0]) == 303
        await moved(timedelta(hours=24))
        await desk.forget_step()
        assert await guessed(pyotp.TOTP(desk.secret).now()) == 303, "a day later"


async def test_nobody_is_sent_to_another_site_after_signing_in(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.READER)
    headers = await sign_in(desk.database, desk.settings, staff)
    for path in ("https://evil.example/desk/", "//evil.example", "/desk/../../x//", "/\\evil.example", "javascript:alert(1)"):
        answer = await desk.http.get("/desk/sign-in", params={"next": path}, headers=headers)
        assert answer.headers["location"] == "/desk", path
    answer = await desk.http.get("/desk/sign-in", params={"next": "/desk/account?lang=en"}, headers=headers)
    assert answer.headers["location"] == "/desk/account?lang=en"


async def test_a_session_planted_before_sign_in_opens_nothing_afterwards(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    await desk.forget_step()
    desk.http.cookies.clear()
    planted = ["planted-by-an-attacker"]
    desk.http.cookies.set("guichet-desk", planted[0], domain="127.0.0.1", path="/")
    await desk.enter("agent@mairie.example")
    planted.append(desk.http.cookies["guichet-desk"])  # that of the password alone, which the attacker may have given
    assert (await desk.code(pyotp.TOTP(desk.secret).now())).status_code == 303
    assert desk.http.cookies["guichet-desk"] not in planted
    for token in planted:
        answer = await desk.another().http.get("/desk", headers={"Cookie": f"guichet-desk={token}"})
        assert answer.headers["location"].startswith("/desk/sign-in")


@pytest.mark.parametrize("public", ["", "https://guichet.exemple.fr"])
async def test_cookies_of_the_desk_are_kept_from_scripts_and_other_sites(settings: Settings, public: str) -> None:
    async with desk_on(settings.model_copy(update={"public_url": public})) as desk:
        await desk.accept(await desk.link(Role.EDITOR))
        given = [*(await desk.enrol()).headers.get_list("set-cookie"), *(await desk.sign_out()).headers.get_list("set-cookie")]
    assert len(given) == 3  # the session, the browser that is known, and the session taken back
    for cookie in given:
        name, *flags = (part.strip().lower() for part in cookie.split(";"))
        assert {"httponly", "samesite=strict", "path=/"} <= set(flags)
        assert ("secure" in flags, name.startswith("__host-")) == (bool(public), bool(public))
        assert not any(flag.startswith("domain") for flag in flags)


async def test_an_account_that_exists_is_not_told_from_one_that_does_not(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    known, unknown = "agent@mairie.example", "absent@mairie.example"
    pages = [(await desk.another().enter(email, password="faux mot de passe")) for email in (known, unknown)]
    assert [page.status_code for page in pages] == [422, 422]
    assert pages[0].text.replace(known, "") == pages[1].text.replace(unknown, "")


async def test_an_invented_address_gives_no_further_guesses(settings: Settings) -> None:
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")  # no proxy of ours
    app, url = create(settings), f"http://127.0.0.1:{settings.port}/desk/sign-in"
    async with served(app, settings.port, **serving(settings)), httpx.AsyncClient(transport=elsewhere, timeout=60) as http:
        codes = []
        for number in range(7):
            address = f"198.51.100.{number}"
            invented = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"), address)
            form = {"email": "agent@mairie.example", "password": f"faux {number}"}
            answer = await http.post(url, data=form, headers=invented | {"Forwarded": f"for={address}"})
            codes.append(answer.status_code)
    assert codes == [422] * 5 + [429] * 2
