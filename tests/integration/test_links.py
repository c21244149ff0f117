"""Links in what citizens read: called at night, a few at a time; a broken one is a task, and the card says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from actions.replies.cards import answer_card
from actions.replies.style import Style
from core import broken_links
from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.entry import Entry, Link
from core.settings import Settings
from knowledge_base.entries.store import upsert
from knowledge_base.quality.links import job
from knowledge_base.quality.links.check import links_of
from knowledge_base.quality.links.job import broken_by_entry, check_next, watch_links, write_broken_links
from knowledge_base.sources.sites.safe_fetch import SafeFetcher
from supervision.review.tasks import Task, closed_tasks, open_tasks
from tests.integration.publishing_support import settings_for
from tests.integration.site_support import Site, site_served


@pytest.fixture
def site() -> Iterator[Site]:
    with site_served() as site:
        yield site


def _entry(site: Site, name: str, *paths: str) -> Entry:
    links = " ".join(f"[Voir {path}]({site.url}{path})." for path in paths)
    services = (Link(title="Démarche en ligne", url=f"{site.url}/service"),)
    return Entry(id=name, collection="ville", title=name, introduction=f"Une carte coûte 25 €. {links}", services=services)


class Nights:
    """One check after another, each on a night of its own."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database, self._monkeypatch, self._night = database, monkeypatch, 0
        self.fetcher = SafeFetcher(allows=lambda address: address == "127.0.0.1")

    async def next(self) -> list[Task]:
        """The open tasks after one more night."""
        self._night += 1
        at = now() + timedelta(days=self._night)
        with self._monkeypatch.context() as patch:
            patch.setattr(job, "now", lambda: at)
            await check_next(self._database, self.fetcher)
        return await open_tasks(self._database)


@pytest.fixture
def nights(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    nights = Nights(database, monkeypatch)
    yield nights
    nights.fetcher.close()


async def _published(database: Database, *entries: Entry) -> None:
    await upsert(database, "ville", entries, source="essai", checksum="0" * 64, author="test", reason="essai", force=True)


async def test_a_page_that_is_gone_for_two_nights_is_one_task_and_the_cards_say_so(
    database: Database, database_url: str, site: Site, nights: Nights, tmp_path: Path
) -> None:
    for path in ("/ici", "/service"):
        site.page(path, "Question ?")
    first, second = _entry(site, "a", "/ici", "/disparue"), _entry(site, "b", "/disparue")
    await _published(database, first, second)
    assert await nights.next() == [], "one night is an accident"
    (task,) = await nights.next()
    assert (task.kind, task.entry) == ("link", "a")
    assert f"Le lien {site.url}/disparue mène à une page disparue (autres fiches : 1)" in task.note_in("fr")
    assert "leads to a page that is gone" in task.note_in("en")
    assert await nights.next() == [task], "it is not said again"
    broken = [(f"{site.url}/disparue", "gone")]
    assert await broken_by_entry(database) == {("ville", "a"): broken, ("ville", "b"): broken}
    settings = settings_for(tmp_path, database_url)
    await write_broken_links(database, settings.home / broken_links.FILE)
    card = answer_card(first, 0, "s1", Style.of("web", settings)).block
    assert "Voir /disparue (lien indisponible)" in card.body
    assert f"[Voir /ici]({site.url}/ici)" in card.body
    assert [service.name for service in card.services] == ["Démarche en ligne"]
    site.page("/disparue", "De retour ?")
    assert await nights.next() == []
    assert [one.closed_by for one in await closed_tasks(database)] == ["links"]
    assert await broken_by_entry(database) == {}
    await write_broken_links(database, settings.home / broken_links.FILE)
    assert "indisponible" not in answer_card(first, 0, "s1", Style.of("web", settings)).block.body


async def test_a_site_without_an_answer_is_waited_for_three_nights(database: Database, site: Site, nights: Nights) -> None:
    await _published(database, _entry(site, "a"))
    site.server.shutdown()
    site.server.server_close()
    assert [len(await nights.next()) for _ in range(3)] == [0, 0, 1]


async def test_what_programs_may_not_read_is_not_called_broken(database: Database, site: Site, nights: Nights) -> None:
    site.pages |= {"/service": (403, None), "/en-panne": (500, None), "/robots.txt": b"User-agent: *\nDisallow: /prive\n"}
    inside = _entry(site, "b").model_copy(update={"urls": {"": "http://127.0.0.2/"}})
    await _published(database, _entry(site, "a", "/en-panne", "/prive"), inside)
    assert [await nights.next() for _ in range(4)] == [[]] * 4
    assert "/prive" not in site.asked


async def test_links_are_called_a_few_at_a_time_and_once_a_night(
    database: Database, site: Site, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_BATCH", 2)
    entry = _entry(site, "a", "/1", "/2", "/3", "/4")
    for url in links_of(entry):
        site.page(url.removeprefix(site.url), "Question ?")
    await _published(database, entry)
    asked = []
    for _ in range(4):
        await check_next(database, nights.fetcher)
        asked.append(len([path for path in site.asked if path != "/robots.txt"]))
    assert asked == [2, 4, 5, 5]


@pytest.mark.parametrize(("hour", "checked"), [(3, True), (14, False)])
async def test_links_are_called_at_night(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hour: int, checked: bool
) -> None:
    settings: Settings = settings_for(tmp_path, database_url)
    moment = datetime.combine(now().date(), time(hour), settings.opening.zone)
    monkeypatch.setattr(job, "now", lambda: moment)
    assert await watch_links(database, settings, Jobs(database, "node")) is checked
