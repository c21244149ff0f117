"""A fee is changed on the real pages, in the browser: citizens get it on the website and by SMS, and the old one back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.database import Database
from core.database.models import EntryRow
from core.entry import Entry
from core.identity import Role
from knowledge_base.editing.saving import save
from tests.desk_support import cookie_for_playwright, make_staff, on_record, sign_in
from tests.e2e.conftest import Service
from tests.e2e.web.widget import violations

ENTRY = ("service-public", "F33805")  # "Carte d'identité perdue ou volée : comment acheter un timbre fiscal ?"
OLD, NEW = "25", "27"


async def raise_fee(database: Database) -> str:
    """A draft of the entry with the new fee. Returns its title."""
    async with database.read() as session:
        row = await session.get_one(EntryRow, ENTRY)
        before = Entry.model_validate(row.content).model_dump_json()
    told = before
    for space in ("", "\u00a0", " ", "\u202f"):
        told = told.replace(f"{OLD}{space}€", f"{NEW}{space}€")
    entry = Entry.model_validate_json(told)
    assert told != before
    await save(database, entry, started_from=row.head, author="e2e", reason="tarif")
    return entry.title


@pytest.fixture
def page(service: Service, browser: Browser) -> Iterator[Page]:
    """A publisher's page."""

    async def cookie(database: Database) -> dict[str, str]:
        staff = await make_staff(database, Role.PUBLISHER, email=f"publisher-{time.time_ns()}@mairie.example")
        return cookie_for_playwright(service.settings, await sign_in(database, service.settings, staff))

    context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    context.add_cookies([on_record(service.settings, cookie)])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


def fees(service: Service, title: str, channel: str) -> set[str]:
    """Returns which of the two fees a citizen gets."""
    text = service.ask(title, "--channel", channel)["text"].replace("\u00a0", " ").replace("\u202f", " ")
    return {price for price in (OLD, NEW) if f"{price} €" in text or f"{price}€" in text or f"{price} EUR" in text}


def fee(service: Service, title: str, channel: str) -> str:
    """Returns the one fee that a citizen gets."""
    (found,) = fees(service, title, channel)
    return found


def until_fee(service: Service, title: str, price: str) -> float:
    """Seconds until the website gives ``price``."""
    started = time.monotonic()
    while fee(service, title, "web") != price:
        assert time.monotonic() < started + 60, "citizens still get the other fee"
    return time.monotonic() - started


def test_a_fee_is_published_and_taken_back(service: Service, page: Page) -> None:
    title = on_record(service.settings, raise_fee)
    assert fee(service, title, "web") == OLD
    page.goto(f"{service.url}/desk/publications")
    assert violations(page) == []
    page.get_by_role("checkbox", name=title).check()
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("heading", name="Verdict")).to_be_visible(
        timeout=120_000
    )  # the first one after a start asks everything anew
    assert violations(page) == []
    assert fee(service, title, "web") == OLD  # nobody gets what was only looked at
    page.get_by_role("button", name="Publier").click()
    seconds = until_fee(service, title, NEW)
    assert OLD not in fees(service, title, "sms")  # it may say how to buy the stamp only; no fee that is over
    expect(page.get_by_text("Publiée")).to_be_visible(timeout=30_000)
    page.goto(f"{service.url}/desk/try?q={title}&entry={ENTRY[1]}")
    expect(page.get_by_role("heading", name="Les fiches les plus proches")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    page.goto(f"{service.url}/desk/publications")
    page.get_by_role("button", name="Annuler cette publication").click()
    back = until_fee(service, title, OLD)
    assert NEW not in fees(service, title, "sms")
    print(f"published after {seconds:.1f} s, taken back after {back:.1f} s")
