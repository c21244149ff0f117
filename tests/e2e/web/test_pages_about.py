"""/about on a record and a snapshot: what it knows, from when."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import orjson
from playwright.sync_api import expect

from core.database import Database
from core.database.models import EntryRow, ImportRun
from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway


async def fill(url: str) -> None:
    database = Database(url)
    async with database.write() as session:
        for number, (verified, status) in enumerate(
            [("2019-03-01", "published"), ("2020-11-12", "published"), (None, "published"), ("2024-01-01", "withdrawn")]
        ):
            session.add(
                EntryRow(
                    collection="service-public", id=f"F{number}", locale="fr", title="t", version=1, digest="d", status=status,
                    content={"verified_on": verified},
                )
            )  # fmt: skip
        counts = {"created": 4, "updated": 0, "unchanged": 0, "withdrawn": 0}
        finished = datetime(2026, 2, 1, tzinfo=UTC)
        session.add(ImportRun(source="s", collection="service-public", checksum="c", finished_at=finished, **counts))
    await database.close()


def test_about_tells_collection_count_dates_and_snapshot(fake: FakeGateway, new_context: NewContext) -> None:
    with ThreadPoolExecutor(1) as aside:  # Playwright has a loop running in this thread
        aside.submit(asyncio.run, fill(fake.settings.sql_url)).result()
    folder = fake.settings.home / "snapshots" / "20260301-1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(orjson.dumps({"created": "2026-03-01T10:00:00+00:00", "stage": "titles"}))
    (folder.parent / "active").write_text("20260301-1")
    page = new_context().new_page()
    page.goto(f"{fake.url}/about")
    row = "Pages de service-public.fr3 du 1er mars 2019 au 12 novembre 2020 1er février 2026"
    expect(page.locator("tbody tr")).to_have_text([row])
    expect(page.locator(".notice")).to_contain_text("Démonstration")
    expect(page.get_by_text("seuls leurs titres")).to_be_visible()
    expect(page.get_by_text("20260301-1")).to_have_count(0)  # nobody outside knows what that is
    page.goto(f"{fake.url}/about?lang=en")
    expect(page.locator("tbody tr")).to_contain_text("from 1 March 2019 to 12 November 2020")
