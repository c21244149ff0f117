"""E-mail to staff: told once of what waits, kept until a server takes it, sealed while it waits, and never in the clear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import select, update
from structlog.testing import capture_logs

from cli.gateway import create
from conversations.record.opening import open_conversation
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff, Mail, StaffRow
from core.entry import Entry
from core.handoff import Kind, Reason, State
from core.identity import Role
from core.settings import Settings
from core.turns import Origin
from desk import mail_sending
from desk.alerts import alerts_as_json, alerts_for
from desk.mail_alerts import Mailing
from desk.mail_queue import queue_mail
from desk.shell import Shell
from knowledge_base.editing import saving, steps
from knowledge_base.editing.steps import Target
from supervision.handoffs.record import add_handoff
from supervision.handoffs.teams import set_team
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.smtp_server import Mailbox, mailbox


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as running:
        yield running


class Desk:
    """A gateway that sends e-mail to ``box``."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.app = settings, create(settings)
        self.shell: Shell = self.app.state.desk
        self.database: Database = self.app.state.deps.database
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=settings.base_url)

    async def wants(self, email: str, minutes: int | None) -> None:
        async with self.database.write() as session:
            await session.execute(update(StaffRow).where(StaffRow.email == email).values(mail_minutes=minutes))

    async def work(self) -> None:
        await Mailing(self.shell).work()

    async def mails(self) -> list[Mail]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Mail).order_by(Mail.seq)))


def _desk(database_url: str, home: Path, box: Mailbox, **more: object) -> Desk:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none", "mail_from": "guichet@mairie.example"}
    return Desk(settings_for(database_url, "redis://127.0.0.1:1/0", home, **{**mail, **more}))


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, box: Mailbox) -> AsyncIterator[Desk]:
    running = _desk(database_url, tmp_path, box)
    yield running
    await running.http.aclose()
    await running.app.state.deps.close()


async def _submitted(desk: Desk, page: str) -> None:
    await saving.save(desk.database, Entry(id=page, collection="ville", title=page), started_from=0, author="ed", reason="")
    await steps.submit(desk.database, [Target("ville", page)], author="ed")


async def test_what_waits_is_told_once_to_those_who_want_it_and_have_no_page_open(desk: Desk, box: Mailbox) -> None:
    publisher = await make_staff(desk.database, Role.PUBLISHER, email="p@mairie.example")
    await make_staff(desk.database, Role.PUBLISHER, email="silent@mairie.example")
    await desk.wants("p@mairie.example", 0)
    await _submitted(desk, "F1")
    desk.shell.open_pages[publisher.id] += 1
    await desk.work()
    assert box.mails == [], "a page of theirs is open: it calls"
    desk.shell.open_pages[publisher.id] -= 1
    await desk.work()
    await desk.work()
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == ("p@mairie.example", "guichet@mairie.example")
    assert "Fiches à relire" in mail.get_content()
    assert f"{desk.settings.base_url}/desk/work?stage=in_review" in mail.get_content()
    await _submitted(desk, "F2")
    await desk.work()
    assert len(box.mails) == 2
    await desk.wants("p@mairie.example", 60)
    await _submitted(desk, "F3")
    await desk.work()
    assert len(box.mails) == 2, "once an hour at most"


async def test_a_citizen_who_waits_is_told_of_without_a_word_of_theirs(desk: Desk, box: Mailbox) -> None:
    await make_staff(desk.database, Role.SUPERVISOR, email="s@mairie.example")
    await desk.wants("s@mairie.example", 0)
    async with desk.database.write() as session:
        session.add(Conversation(id="c", channel="web", origin="citizen", language="fr"))
        await session.flush()
        row = Handoff(id="h", conversation_id="c", kind=Kind.CHAT, state=State.WAITING, reason=Reason.ASKED, alert=False)
        row.subject, row.waiting_since = "mon mari me frappe", now()
        session.add(row)
    await desk.work()
    (text,) = box.texts()
    assert "Citoyens qui attendent une réponse" in text
    assert "mari" not in text


async def test_what_a_server_refuses_for_now_waits_in_the_record_and_goes_out_later(desk: Desk, box: Mailbox) -> None:
    await make_staff(desk.database, Role.PUBLISHER, email="p@mairie.example")
    await desk.wants("p@mairie.example", 0)
    await _submitted(desk, "F1")
    box.answer = "451 later"
    await desk.work()
    (waiting,) = await desk.mails()
    assert (waiting.ended_at, waiting.attempts, waiting.error) == (None, 1, "refused 451")
    assert waiting.due_at > now()
    box.answer = "250 ok"
    async with desk.database.write() as session:
        await session.execute(update(Mail).values(due_at=now()))
    await desk.work()
    (sent,) = await desk.mails()
    assert len(box.mails) == 1
    assert (sent.content, sent.error) == (None, "")
    assert sent.ended_at


async def test_an_address_that_does_not_exist_is_not_tried_again(desk: Desk, box: Mailbox) -> None:
    await make_staff(desk.database, Role.PUBLISHER, email="p@mairie.example")
    await desk.wants("p@mairie.example", 0)
    await _submitted(desk, "F1")
    box.answer = "550 unknown"
    await desk.work()
    (given_up,) = await desk.mails()
    assert given_up.ended_at
    assert given_up.error == "refused 550"


async def test_an_invitation_goes_out_by_mail_and_its_link_stands_nowhere_in_the_record(desk: Desk, box: Mailbox) -> None:
    admin = await sign_in(desk.database, desk.settings, await make_staff(desk.database, Role.ADMINISTRATOR))
    asked = {"email": "neuf@mairie.example", "name": "Neuf", "role": "editor", "capacity": "3", "csrf": admin["X-CSRF-Token"]}
    page = await desk.http.post("/desk/staff/invite", data=asked, headers=admin)
    assert "Il part aussi par courriel" in page.text
    (waiting,) = await desk.mails()
    assert waiting.content
    assert b"/desk/invitation" not in waiting.content
    await desk.work()
    (text,) = box.texts()
    link = next(word for word in text.split() if "/desk/invitation" in word)
    assert (await desk.http.get(link)).status_code == 200
    assert (await desk.mails())[0].content is None


async def test_a_server_without_encryption_gets_nothing_where_encryption_is_wanted(
    database_url: str, tmp_path: Path, box: Mailbox
) -> None:
    desk = _desk(database_url, tmp_path, box, smtp_security="starttls", smtp_user="guichet", smtp_password="geheim")
    await make_staff(desk.database, Role.PUBLISHER, email="p@mairie.example")
    await desk.wants("p@mairie.example", 0)
    await _submitted(desk, "F1")
    await desk.work()
    assert box.mails == []
    assert not any(line.upper().startswith(("AUTH", "MAIL", "RCPT")) for line in box.heard)
    (waiting,) = await desk.mails()
    assert (waiting.ended_at, waiting.error) == (None, "SMTPNotSupportedError")
    await desk.http.aclose()
    await desk.app.state.deps.close()


def _mailing(host: str, sender: str, security: Literal["starttls", "none"]) -> Settings:
    mail: dict[str, Any] = {"smtp_host": host, "mail_from": sender, "smtp_security": security}
    return Settings(_env_file=None, secret_key="s", internal_secret="i", address_key="a", audit_key="k", **mail)


def test_a_server_without_a_sender_is_refused() -> None:
    with pytest.raises(ValidationError, match="GUICHET_MAIL_FROM"):
        _mailing("mail.example", "", "starttls")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_server_of_this_machine_needs_no_encryption(host: str) -> None:
    assert _mailing(host, "guichet@mairie.example", "none").smtp_host == host


def test_a_server_elsewhere_without_encryption_is_refused() -> None:
    with pytest.raises(ValidationError, match="GUICHET_SMTP_SECURITY"):
        _mailing("mail.example", "guichet@mairie.example", "none")


async def test_an_answer_that_did_not_arrive_calls_for_a_week_who_may_read_it(desk: Desk) -> None:
    theirs = await make_staff(desk.database, Role.SUPERVISOR, email="s@mairie.example", teams=["social"])
    others = await make_staff(desk.database, Role.SUPERVISOR, email="t@mairie.example", teams=["accueil"])
    async with desk.database.write() as session:
        for name in ("social", "accueil"):
            await set_team(session, name, themes=[], languages=[], actor="test")
        for origin in (Origin.CITIZEN, Origin.TEST):
            conversation = open_conversation(session, channel="web", language="fr", origin=origin)
            await session.flush()
            await add_handoff(session, conversation, Kind.MAIL_BACK, State.CLOSED, Reason.ASKED, team="social")
            for days, error in ((0, "too old"), (6, "refused 550"), (8, "refused 550"), (0, ""), (None, "refused 450")):
                ended = now() - timedelta(days=days) if days is not None else None
                session.add(Mail(conversation_id=conversation.id, kind="answer", ended_at=ended, error=error, about=["reply"]))
                await session.flush()
    ((alert, _),) = await alerts_for(desk.shell, theirs)
    assert (alert.key, alert.ids) == ("mail_back_failed", ("1", "2"))
    (shown,) = alerts_as_json(desk.shell, theirs, [(alert, "console")])
    assert shown["text"] == "Réponses par e-mail qui ne sont pas arrivées\u00a0: 2"
    assert await alerts_for(desk.shell, others) == []


@pytest.mark.parametrize(("age", "again"), [(timedelta(days=1), True), (timedelta(0), False)])
async def test_a_mail_that_is_given_up_is_logged_as_such(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, age: timedelta, again: bool
) -> None:
    """Before, the line said that it would be tried again, whatever was decided."""

    def fail(*_: object) -> None:
        monkeypatch.setattr(mail_sending, "_MAX_AGE", age)
        raise OSError

    monkeypatch.setattr(mail_sending, "_deliver", fail)
    staff = await make_staff(desk.database, Role.SUPERVISOR)
    async with desk.database.write() as session:
        queue_mail(session, desk.settings, staff.id, "calls", "Sujet", "Texte")
    with capture_logs() as logs:
        await mail_sending.send_due(desk.database, desk.settings)
    assert [line["again"] for line in logs if line["event"] == "mail_not_sent"] == [again]
    (mail,) = await desk.mails()
    assert (mail.ended_at is None) == again
