"""What staff see at the desks' door: what a wrong code says, where the doors lead, roles, language. Attacks on it:
tests/acceptance/test_sign_in.py."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from core.database.models import Team
from core.identity import Role, sessions
from core.settings import Settings
from desk.parts import GROUPS
from tests.desk_support import csrf_of, found_on, make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.sign_in_support import PASSWORD, Desk, desk_on


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with desk_on(settings) as desk:
        yield desk


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


async def test_another_telephone_and_password_for_who_gives_the_present_ones_and_the_account_says_so(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    await desk.enrol()
    assert "a été changé" not in (await desk.http.get("/desk/account")).text
    present = pyotp.TOTP(desk.secret)
    await desk.forget_step()
    installed = await desk.enrol(password=PASSWORD, present=present.now())
    assert installed.status_code == 200
    new, page = "une autre longue phrase", await desk.http.get("/desk/account")
    assert "Votre second facteur a été changé le" in page.text
    assert "a été changé" not in (await desk.http.get("/desk")).text
    await desk.forget_step()
    form = {"old": PASSWORD, "new": new, "again": new, "present": pyotp.TOTP(desk.secret).now(), "csrf": csrf_of(page)}
    changed = await desk.http.post("/desk/account/password", data=form)
    assert changed.status_code == 303
    assert "Votre mot de passe a été changé le" in (await desk.http.get("/desk/account")).text
    desk.http.cookies.clear()
    assert (await desk.enter("agent@mairie.example", password=new)).status_code == 303


async def test_another_telephone_is_set_up_by_a_recovery_code(desk: Desk) -> None:
    await desk.accept(await desk.link(Role.EDITOR))
    code = found_on(r"<code>([a-z0-9-]{17})</code>", (await desk.enrol()).text)
    lost = desk.secret
    assert (await desk.enrol(password=PASSWORD, present=code)).status_code == 200
    assert desk.secret != lost
    assert "staff.recovery_used" in await desk.actions()


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


async def test_a_language_is_remembered(desk: Desk) -> None:
    staff = await make_staff(desk.database, Role.READER)
    headers = await sign_in(desk.database, desk.settings, staff)
    assert 'lang="fr"' in (await desk.http.get("/desk", headers=headers)).text
    assert "My account" in (await desk.http.get("/desk?lang=en", headers=headers)).text
    assert "My account" in (await desk.http.get("/desk", headers=headers)).text
