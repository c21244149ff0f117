"""The whole service with its real engine: a citizen's way to a human and back, on the website and by SMS."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from core.database import Database
from core.database.models import Feedback, Handoff, Message, Reply, StaffRow
from core.identity import Role, accounts
from tests.desk_support import cookie_for_playwright, make_staff, sign_in
from tests.e2e.conftest import Service
from tests.e2e.web.widget import Widget
from tests.waiting import until

MOVED = "Comment changer l'adresse sur ma carte grise ?"
HUMAN = "Je voudrais parler à un conseiller"


def _run[T](work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(1) as pool:  # Playwright's loop runs in this thread
        return pool.submit(asyncio.run, work).result()


def _on_record[T](service: Service, act: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    async def working() -> T:
        database = Database(service.settings.sql_url)
        try:
            return await act(database)
        finally:
            await database.close()

    return _run(working())


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    made: list[BrowserContext] = []

    def make() -> BrowserContext:
        made.append(browser.new_context(locale="fr-FR", reduced_motion="reduce", viewport={"width": 1280, "height": 900}))
        made[-1].set_default_timeout(30_000)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def console(service: Service, context: Callable[[], BrowserContext]) -> Iterator[Page]:
    """The console of Camille, whose account is closed afterwards."""

    async def opened(database: Database) -> tuple[str, dict[str, str]]:
        async with database.read() as session:
            count = len((await session.execute(select(StaffRow.id))).all())
        staff = await make_staff(database, Role.SUPERVISOR, email=f"camille-{count}@mairie.example", name="Camille")
        return staff.id, cookie_for_playwright(service.settings, await sign_in(database, service.settings, staff))

    async def closed(database: Database) -> None:
        async with database.write() as session:
            await accounts.disable(session, identifier, actor="test")

    identifier, cookie = _on_record(service, opened)
    desk = context()
    desk.add_cookies([cookie])  # type: ignore[list-item]
    page = desk.new_page()
    page.goto(f"{service.url}/desk/conversations")
    expect(page.locator("#list, #nobody").first).to_be_attached()
    yield page
    _on_record(service, closed)


def _take(console: Page) -> None:
    console.locator(".row", has_text="carte grise").first.click()
    console.get_by_role("button", name="Prendre la conversation").click()
    expect(console.get_by_label("Votre réponse")).to_be_focused()


def _reply(console: Page, text: str) -> None:
    console.get_by_label("Votre réponse").fill(text)
    console.get_by_role("button", name="Envoyer").click()
    expect(console.locator(".said.by-human").last).to_contain_text(text)
    expect(console.locator(".said.by-human .who").last).to_contain_text("Agent Camille")


def _left_to_the_human(service: Service) -> None:
    """Wait until no message waits for its turn: one whose human leaves before that is answered by the bot, as it should be."""

    async def settled(database: Database) -> None:
        async def nothing_waits() -> bool:
            async with database.read() as session:
                return (await session.execute(select(Message.id).where(Message.outcome.is_(None)))).first() is None

        await until(nothing_waits)

    _on_record(service, settled)


def _return_to_bot(console: Page, summary: str) -> None:
    console.get_by_role("button", name="Rendre à l’assistant").click()
    console.get_by_label("Résumé pour le citoyen").fill(summary)
    console.locator("#ending").get_by_role("button", name="Confirmer").click()
    expect(console.locator("#ending")).to_be_hidden()


@pytest.mark.both_databases
def test_on_the_website_from_the_wish_for_a_human_to_the_feedback(
    service: Service, console: Page, context: Callable[[], BrowserContext]
) -> None:
    browser = context()
    citizen = Widget(browser.new_page(), service.url).visit().open()
    citizen.ask(MOVED)
    expect(citizen.cards.first).to_be_visible()
    citizen.ask(HUMAN)
    queue = citizen.panel.locator(".queue")
    expect(queue).to_contain_text("Votre place dans la file d’attente : 1")
    count = citizen.cards.count()
    citizen.ask("comment déclarer un décès ?")  # the bot goes on meanwhile, and the place is kept
    expect(citizen.cards).not_to_have_count(count)
    expect(queue).to_contain_text("1")

    _take(console)
    expect(citizen.panel).to_contain_text("vous répond maintenant")
    expect(queue).to_be_hidden()
    _reply(console, "Bonjour, je regarde.")
    expect(citizen.panel).to_contain_text("Bonjour, je regarde.")
    expect(citizen.panel).not_to_contain_text("Camille")
    citizen.page.close()
    _reply(console, "Avez-vous un justificatif de domicile ?")
    back = Widget(browser.new_page(), service.url).visit().open()
    expect(back.panel).to_contain_text("Avez-vous un justificatif de domicile ?")
    silent = back.replies.count()
    back.ask("Oui, hier")
    expect(console.locator(".said.by-citizen").last).to_contain_text("Oui, hier")
    _left_to_the_human(service)
    _return_to_bot(console, "Prenez rendez-vous en mairie.")
    expect(back.panel).to_contain_text("Prenez rendez-vous en mairie.")
    expect(back.panel).to_contain_text("passe la suite à l’assistant automatique")
    expect(back.replies).to_have_count(silent + 2)  # summary and notice: the bot said nothing to "Oui, hier"
    back.ask("Quel est le prix d'un passeport ?")
    expect(back.replies).to_have_count(silent + 3)
    back.replies.last.get_by_role("button", name="Oui", exact=True).click()
    expect(back.replies.last.locator(".feedback")).to_contain_text("Merci")

    async def kept(database: Database) -> tuple[list[str], list[bool], int]:
        async with database.read() as session:
            states = await session.execute(select(Handoff.state))
            opinions = await session.execute(select(Feedback.useful))
            written = await session.execute(select(Reply.id).where(Reply.author != ""))
            return list(states.scalars()), list(opinions.scalars()), len(written.all())

    states, opinions, written = _on_record(service, kept)
    assert "returned" in states
    assert opinions == [True]
    assert written == 3


def test_by_sms_from_the_wish_for_a_human_to_the_bot_again(
    service: Service, console: Page, context: Callable[[], BrowserContext]
) -> None:
    phone = context().new_page()
    phone.goto(f"{service.url}/simulator")
    received = phone.locator("#messages li.to_phone")

    def write(text: str) -> None:
        phone.get_by_label(re.compile("Votre SMS")).fill(text)
        phone.keyboard.press("Enter")

    write("comment changer l'adresse de ma carte grise")
    expect(received.last).to_contain_text(re.compile("carte", re.I))
    write(HUMAN)
    expect(received.last).to_contain_text("Votre place dans la file : 1")
    _take(console)
    expect(received.last).to_contain_text("vous répond maintenant")
    _reply(console, "Bonjour, venez en mairie.")
    expect(received.last).to_contain_text("Bonjour, venez en mairie.")
    before = received.count()
    write("merci beaucoup")
    expect(console.locator(".said.by-citizen").last).to_contain_text("merci beaucoup")
    _left_to_the_human(service)
    _return_to_bot(console, "")
    expect(received.last).to_contain_text("assistant automatique")
    expect(received).to_have_count(before + 1)  # the bot was silent while a human answered
    write("comment refaire mon passeport ?")
    expect(received.last).to_contain_text(re.compile("passeport", re.I))
