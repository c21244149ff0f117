"""The edit page of the project's own pages, for the tests of the editor's desk."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from core.database import Database
from core.entry import Entry
from core.settings import ROOT
from knowledge_base.entries import store
from knowledge_base.sources.markdown_folder import read_folder
from tests.e2e.desk.conftest import DeskService, start_gateway

COLLECTION, ENTRY = "demonstration", "demo-carte-identite-perte-vol"
PATH = f"/desk/entries/{COLLECTION}/{ENTRY}"


def start_with_pages(home: Path) -> DeskService:
    """A gateway with the project's own pages, and one of a town."""
    running = start_gateway(home)
    entries = read_folder(ROOT / "knowledge_base" / "sources" / "demonstration")

    async def fill(database: Database) -> None:
        pages = [page.model_copy(update={"collection": COLLECTION}) for page in entries]
        await store.upsert(database, COLLECTION, pages, source="test", checksum="1", author="test", reason="")
        own = Entry(id="guichet", collection="ville", title="Mariage", introduction="1 place de la Halle.")
        await store.upsert(database, "ville", [own], source="test", checksum="2", author="test", reason="")

    running.work(fill)
    return running


def opened(page: Page, desk: DeskService) -> Page:
    """The edit page of ``ENTRY``, once its preview is there."""
    page.goto(desk.url + PATH)
    expect(page.locator("#web .card")).to_be_visible()
    return page


def part_of(page: Page, name: str) -> Locator:
    """The part of the page that the outline calls ``name``, opened."""
    page.get_by_role("navigation", name="Plan de la fiche").get_by_role("link", name=name).click()
    part = page.get_by_role("region", name=name)
    expect(part).to_be_visible()
    return part
