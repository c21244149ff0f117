"""An answer by e-mail: the address is kept from consent on and nowhere else; the link in the answer opens the conversation.

On SQLite and on PostgreSQL, through the whole gateway, with a mail server.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import select, text, update

from conversations.record.erasure import erase_rows
from conversations.signing import BadToken, Signing
from core.database import Database
from core.database.base import now
from core.database.models import Handoff, Mail
from core.identity import Role
from core.privacy.addresses import Addresses
from core.settings import Settings
from desk.mail_sending import send_due
from supervision.handoffs.call_back import delete_unfinished_forms
from supervision.handoffs.listing import list_handoffs
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Citizen, Guichet, guichet, settings_for, working
from tests.integration.handoff_support import ask, handoffs
from tests.integration.smtp_server import Mailbox, mailbox

ADDRESS = "jeanne.dupont@exemple.fr"
OTHER_ADDRESS = "paul.martin@gmail.com"
FORM = ("par e-mail", f"c'est {ADDRESS}", "c'est la bonne adresse")
ANSWER = "Oui, la cantine est ouverte le mercredi."


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as running:
        yield running


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none", "mail_from": "guichet@mairie.example"}
    return settings_for(database_url, redis_url, tmp_path, **mail)


async def _asks(citizen: Citizen) -> None:
    for said in FORM:
        await ask(citizen, said)


class Supervisor:
    """A supervisor at the console of ``service``, by its routes."""

    def __init__(self, service: Guichet, headers: dict[str, str], handoff: str) -> None:
        self.http, self.headers, self.path = service.http, headers, f"/api/desk/console/handoffs/{handoff}"
        self.fencing = 0

    @classmethod
    async def at(cls, service: Guichet, database: Database, handoff: str) -> Supervisor:
        staff = await make_staff(database, Role.SUPERVISOR, email="s@mairie.example")
        return cls(service, await sign_in(database, service.settings, staff), handoff)

    async def act(self, name: str, **body: object) -> httpx.Response:
        response = await self.http.post(f"{self.path}/{name}", json={"fencing": self.fencing, **body}, headers=self.headers)
        self.fencing = response.json()["fencing"] if name == "claim" else self.fencing
        return response

    async def view(self) -> dict[str, object]:
        shown: dict[str, object] = (await self.http.get(self.path, headers=self.headers)).json()
        return shown


async def test_a_citizen_gets_the_answer_by_mail_and_reads_it_on_the_website(
    settings: Settings, database: Database, box: Mailbox
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "ma question personnelle")
        await _asks(citizen)
        (listed,) = await list_handoffs(database)
        assert (listed.kind, listed.state, listed.subject, listed.number) == ("mail_back", "waiting", "cantine", "j•••@e•••.fr")
        desk = await Supervisor.at(service, database, listed.id)
        await desk.act("claim")
        shown = await desk.view()
        assert shown["number"] is None, "no supervisor needs the address"
        assert ADDRESS not in str(shown)
        assert (await desk.act("reply", text=ANSWER)).status_code == 201
        assert "'mailed': 'queued'" in str(await desk.view())
        assert (await desk.act("close")).status_code == 200, "the answer is on its way already"
        assert [row.number for row in await handoffs(database)] == [None]
        assert await send_due(database, settings) == 1
        (mail,) = box.mails
        body = mail.get_content()
        assert (mail["To"], mail["From"]) == (ADDRESS, "guichet@mairie.example")
        assert ANSWER in body
        assert "cantine" not in mail["Subject"]
        assert "ma question" not in body
        link = next(word for word in body.split() if word.startswith("http"))
        assert "'mailed': 'sent'" in str(await desk.view())
        await _opens(service, link)


async def _opens(service: Guichet, link: str) -> None:
    """The link shows the answer in the widget and on the page without JavaScript; its code never reaches a server's log."""
    page, _, code = link.partition("#")
    shown = await service.http.get(page)
    assert shown.status_code == 200
    assert "data-link" in shown.text
    opened = await service.http.post("/api/web/conversations/reopened", json={"code": code})
    again = Citizen(service.http, opened.json()["conversation"], opened.json()["token"])
    assert ANSWER in str(await again.history())
    plain = await service.http.post("/assistant/answer", data={"link": f" {link} "})
    assert (plain.status_code, plain.headers["location"]) == (303, "/assistant#last")
    cookie = plain.headers["set-cookie"].partition(";")[0]
    assert ANSWER in (await service.http.get("/assistant", headers={"Cookie": cookie})).text


async def test_the_address_stands_nowhere_in_the_clear(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        early = await ask(citizen, f"écrivez à {ADDRESS}")
        assert early["blocks"][0]["type"] == "notice", "nobody asked for it: masked, and said"
        assert await handoffs(database) == []
        await ask(citizen, "par e-mail")
        assert await list_handoffs(database) == []
        kept = await ask(citizen, ADDRESS)
        assert kept["blocks"][0]["type"] != "notice"
        await ask(citizen, "c'est la bonne adresse")
        (row,) = await handoffs(database)
        assert row.number
        assert Addresses("address-key").decrypt(row.number) == ADDRESS
        desk = await Supervisor.at(service, database, row.id)
        await desk.act("claim")
        await desk.act("reply", text=ANSWER)
    assert not any("dupont" in said for _, said in service.rasa.handled)
    async with database.read() as session:
        for table in ("handoffs", "messages", "replies", "mails", "audit_rows"):
            assert "dupont" not in str((await session.execute(text(f"SELECT * FROM {table}"))).all()), table


async def test_another_wish_replaces_the_first_and_erases_its_number(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in ("rappel", "01 99 00 12 34", "c'est bon"):
            await ask(citizen, said)
        await _asks(citizen)
    call, mail = await handoffs(database)
    assert (call.state, call.number) == ("cancelled", None)
    assert (mail.state, mail.subject, mail.number_hint) == ("waiting", "passeport ; cantine", "j•••@e•••.fr")


async def test_each_form_takes_only_what_it_asked_for(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "rappel")
        await ask(citizen, ADDRESS)
        assert [(row.kind, row.number) for row in await handoffs(database)] == [("call_back", None)]
        await ask(citizen, "par e-mail")
        assert [row.kind for row in await handoffs(database)] == ["mail_back"], "the form that was begun before is over"
        await ask(citizen, "01 99 00 12 34")
        assert [row.number for row in await handoffs(database)] == [None]
        assert (await ask(citizen, "c'est la bonne adresse"))["outcome"] == "fallback"


async def test_giving_up_takes_what_was_begun_in_the_other_way(settings: Settings, database: Database) -> None:
    """The number was given, then an e-mail preferred, and no consent given to that."""
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in ("rappel", "01 99 00 12 34", "plus d'e-mail"):
            await ask(citizen, said)
    assert await handoffs(database) == []


async def test_another_address_counts_once_it_is_confirmed(settings: Settings, database: Database, box: Mailbox) -> None:
    """Before, a form begun again and given up left its address on the request that waited, and the answer went there."""
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await _asks(citizen)
        (row,) = await handoffs(database)
        desk = await Supervisor.at(service, database, row.id)
        await desk.act("claim")

        async def goes_to() -> str:
            assert (await desk.act("reply", text=ANSWER)).status_code == 201
            await send_due(database, settings)
            return str(box.mails[-1]["To"])

        for said in ("par e-mail", OTHER_ADDRESS):
            await ask(citizen, said)
        assert await goes_to() == ADDRESS, "not confirmed yet"
        await ask(citizen, "plus d'e-mail")
        assert await goes_to() == ADDRESS, "given up"
        for said in ("par e-mail", OTHER_ADDRESS):
            await ask(citizen, said)
        async with database.write() as session:
            late = now() - timedelta(minutes=61)
            await session.execute(update(Handoff).where(Handoff.collecting_since.is_not(None)).values(collecting_since=late))
        await delete_unfinished_forms(database)
        assert await goes_to() == ADDRESS, "forgotten"
        assert (await ask(citizen, "c'est la bonne adresse"))["outcome"] == "fallback", "what they mean is no longer there"
        for said in ("par e-mail", OTHER_ADDRESS, "c'est la bonne adresse"):
            await ask(citizen, said)
        assert await goes_to() == OTHER_ADDRESS
        (row,) = await handoffs(database)
        assert (row.state, row.subject, row.number_hint, row.collecting_since) == ("claimed", "cantine", "p•••@gmail.com", None)


async def test_what_was_begun_again_outlives_the_first_request_and_not_another_wish(
    settings: Settings, database: Database
) -> None:
    again = ("par e-mail", OTHER_ADDRESS)
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in (*FORM, *again, "rappel"):
            await ask(citizen, said)
        assert [(row.kind, row.state) for row in await handoffs(database)] == [("mail_back", "waiting"), ("call_back", "draft")]
        for said in again:
            await ask(citizen, said)
        (row,) = [row for row in await handoffs(database) if row.state == "waiting"]
        desk = await Supervisor.at(service, database, row.id)
        assert (await desk.act("close")).status_code == 200
        for said in (*again, "c'est la bonne adresse"):
            await ask(citizen, said)
    states = [(row.kind, row.state, row.number_hint) for row in await handoffs(database)]
    assert states == [("mail_back", "closed", "j•••@e•••.fr"), ("mail_back", "waiting", "p•••@gmail.com")]


@pytest.mark.parametrize("wrong", ["jérôme@exemple.fr", "jeanne.dupont@gmail"])
async def test_a_wrong_address_is_masked_and_left_to_the_form(settings: Settings, database: Database, wrong: str) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        unasked = await ask(citizen, wrong)
        assert unasked["outcome"] == "personal_data"
        await ask(citizen, "par e-mail")
        assert (await ask(citizen, wrong))["outcome"] != "personal_data"
    assert [said for _, said in service.rasa.handled] == ["par e-mail", "•••"]
    assert [row.number for row in await handoffs(database)] == [None]


async def test_what_is_given_up_unfinished_or_erased_leaves_no_address(
    settings: Settings, database: Database, box: Mailbox
) -> None:
    async with guichet(settings) as service, working(settings):
        gone, forgotten, erased = [await service.citizen() for _ in range(3)]
        for said in ("par e-mail", ADDRESS, "plus d'e-mail"):
            await ask(gone, said)
        assert await handoffs(database) == []
        for said in FORM[:2]:
            await ask(forgotten, said)
        async with database.write() as session:
            await session.execute(update(Handoff).values(collecting_since=now() - timedelta(minutes=61)))
        await delete_unfinished_forms(database)
        assert await handoffs(database) == []
        await _asks(erased)
        (row,) = await handoffs(database)
        desk = await Supervisor.at(service, database, row.id)
        await desk.act("claim")
        await desk.act("reply", text=ANSWER)
    async with database.write() as session:
        await erase_rows(session, [erased.conversation])
    async with database.read() as session:
        assert (await session.scalars(select(Mail))).all() == []
        assert (await session.scalars(select(Handoff))).all() == []
    assert await send_due(database, settings) == 0
    assert box.mails == []


async def test_without_a_mail_server_no_answer_is_sent_half(
    settings: Settings, database: Database, redis_url: str, tmp_path: Path
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await _asks(citizen)
    (row,) = await handoffs(database)
    without = settings_for(settings.sql_url, redis_url, tmp_path)
    async with guichet(without) as service:
        desk = await Supervisor.at(service, database, row.id)
        await desk.act("claim")
        refused = await desk.act("reply", text=ANSWER)
        assert refused.status_code == 409
        assert "Aucun serveur de courriel" in refused.json()["detail"]
        assert ANSWER not in str(await desk.view())


@pytest.mark.parametrize(
    ("hours", "state", "error"),
    [(0, "failed", "refused 550"), (25, "unsent", "too old")],
    ids=["the address does not exist", "our server was away for a day"],
)
async def test_an_answer_that_cannot_be_delivered_is_told_at_the_console(
    settings: Settings, database: Database, box: Mailbox, hours: int, state: str, error: str
) -> None:
    box.answer = "550 unknown"
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await _asks(citizen)
        (row,) = await handoffs(database)
        desk = await Supervisor.at(service, database, row.id)
        await desk.act("claim")
        await desk.act("reply", text=ANSWER)
        async with database.write() as session:
            await session.execute(update(Mail).values(created_at=now() - timedelta(hours=hours)))
        await send_due(database, settings)
        assert f"'mailed': '{state}'" in str(await desk.view())
    async with database.read() as session:
        (mail,) = (await session.scalars(select(Mail))).all()
    assert (mail.content, mail.error) == (None, error)


async def test_a_link_that_is_forged_expired_or_of_an_erased_conversation_opens_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = Signing(*settings.secret_keys)
    async with guichet(settings) as service:
        citizen = await service.citizen()
        for code in ("", "x", citizen.token, signing.link("0" * 32)):
            refused = await service.http.post("/api/web/conversations/reopened", json={"code": code})
            assert (refused.status_code, refused.json()["code"]) == (404, "link_expired"), code
            page = await service.http.post(
                "/assistant/answer?lang=es", data={"link": f"https://x/assistant/answer#{code or 'x'}"}
            )
            assert page.status_code == 404
            assert "Este enlace ya no es válido" in page.text
            assert "set-cookie" not in page.headers
        with pytest.raises(BadToken):
            signing.conversation(signing.link(citizen.conversation))  # it is no token
        good = {"code": signing.link(citizen.conversation)}
        elsewhere = await service.http.post(
            "/api/web/conversations/reopened", json=good, headers={"Origin": "https://a.example"}
        )
        assert elsewhere.status_code in (403, 404)
        assert (await service.http.post("/api/web/conversations/reopened", json=good)).status_code == 201
        monkeypatch.setattr("conversations.signing.LINK_DAYS", -1)
        assert (await service.http.post("/api/web/conversations/reopened", json=good)).status_code == 404


async def test_who_opens_a_link_reads_as_long_as_it_is_valid(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    signing, path = Signing(*settings.secret_keys), "/api/web/conversations/reopened"
    async with guichet(settings) as service:
        citizen = await service.citizen()
        link = {"code": signing.link(citizen.conversation)}
        stranger = {"Authorization": f"Bearer {(await service.http.post(path, json=link)).json()['token']}"}
        own = {"Authorization": f"Bearer {citizen.token}"}
        assert (await service.http.post(path, json=link, headers=own)).json()["token"] == citizen.token
        for days, status in ((0, 200), (8, 401)):
            clock = SimpleNamespace(time=partial(_in, days))
            monkeypatch.setattr("conversations.signing.time", clock)
            assert (await service.http.get("/api/web/history", headers=stranger)).status_code == status
            assert (await service.http.get("/api/web/history", headers=own)).status_code == 200


def _in(days: int) -> float:
    return time.time() + days * 86400


def test_the_code_is_safe_in_an_address() -> None:
    assert re.fullmatch(r"[\w.-]+", Signing("secret").link("0" * 32))
