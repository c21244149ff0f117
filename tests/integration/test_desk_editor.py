"""The editing pages on the real gateway: list, form, autosave, preview, a save that comes late, and who may do what."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.gateway import create
from core.database import Database
from core.database.models import EntryRow, Revision
from core.entry import Case, Cases, Entry, TextBlock
from core.identity import Role
from core.settings import Settings
from knowledge_base.entries import store
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for

CARD = Entry(
    id="F1",
    collection="ville",
    title="Carte d'identité : coût",
    theme=("Papiers",),
    short_answer="Elle est gratuite.",
    urls={"": "https://mairie.example/carte"},
    verified_on=date(2026, 3, 1),
    body=(
        TextBlock(markdown="Un duplicata coûte 25 €."),
        Cases(cases=(Case(label="Mineur", body=(TextBlock(markdown="Avec un parent."),)),)),
    ),
)
_URL = "/desk/entries/ville/F1"
_IMPORT: dict[str, Any] = {"source": "test", "checksum": "3", "author": "import", "reason": ""}


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    app = create(settings)
    database: Database = app.state.deps.database
    await store.upsert(
        database,
        "ville",
        [CARD, CARD.model_copy(update={"id": "F2", "title": "Passeport"})],
        source="test",
        checksum="1",
        author="import",
        reason="",
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers={"Accept": "text/html"}) as http:
        yield Desk(settings, database, http)
    await app.state.deps.close()


class Desk:
    """The gateway with two entries."""

    def __init__(self, settings: Settings, database: Database, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self.database = database
        self.http = http

    async def editor(self, role: Role = Role.EDITOR, **more: Any) -> dict[str, str]:
        """Headers of a new person."""
        email = f"{role.value}{len(more)}{id(more)}@mairie.example"
        return await sign_in(self.database, self.settings, await make_staff(self.database, role, email=email, **more))

    async def form(self, headers: dict[str, str]) -> dict[str, str]:
        """What the page's form holds."""
        page = await self.http.get(_URL, headers=headers)
        return fields(page.text)

    async def head(self) -> Entry:
        async with self.database.read() as session:
            row = await session.get_one(EntryRow, ("ville", "F1"))
            return Entry.model_validate((await session.get_one(Revision, ("ville", "F1", row.head))).content)

    async def published(self) -> Entry:
        async with self.database.read() as session:
            return Entry.model_validate((await session.get_one(EntryRow, ("ville", "F1"))).content)


def fields(page: str) -> dict[str, str]:
    """Names and values of the edit form."""
    form = page[page.index('id="entry"') :]
    values = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form))
    values |= dict(re.findall(r'<textarea[^>]*?name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.S))
    return {name: html.unescape(value) for name, value in values.items()}


async def test_a_save_is_a_draft_and_citizens_keep_what_they_had(desk: Desk) -> None:
    headers = await desk.editor()
    form = await desk.form(headers)
    assert (await desk.http.post(_URL, data=form, headers=headers)).status_code == 303
    assert (await desk.head()).version == 1, "saving what is there changes nothing"
    answer = await desk.http.post(_URL, data=form | {"short_answer": "Elle coûte 25 €.", "reason": "tarif"}, headers=headers)
    assert answer.headers["location"] == f"{_URL}?done=saved"
    assert (await desk.head()).short_answer == "Elle coûte 25 €."
    assert (await desk.published()).short_answer == "Elle est gratuite."
    assert "brouillon" in (await desk.http.get(_URL, headers=headers)).text


async def test_a_late_save_gets_the_others_changes_beside_its_own_and_loses_nothing(desk: Desk) -> None:
    anna, bruno = await desk.editor(name="Anna"), await desk.editor(name="Bruno", teams=[])
    hers, his = await desk.form(anna), await desk.form(bruno)
    await desk.http.post(_URL, data=hers | {"short_answer": "Réponse d'Anna."}, headers=anna)
    late = await desk.http.post(_URL, data=his | {"title": "Titre de Bruno"}, headers=bruno)
    assert late.status_code == 409
    assert "Anna" in late.text
    merged = fields(late.text)
    assert (merged["title"], merged["short_answer"]) == ("Titre de Bruno", "Réponse d'Anna.")
    assert (await desk.http.post(_URL, data=merged, headers=bruno)).status_code == 303
    both = await desk.head()
    assert (both.title, both.short_answer) == ("Titre de Bruno", "Réponse d'Anna.")


async def test_what_is_typed_is_kept_for_its_author_alone(desk: Desk) -> None:
    anna, bruno = await desk.editor(name="Anna"), await desk.editor(name="Bruno", teams=[])
    typed = await desk.form(anna) | {"title": "À moitié écrit"}
    kept = await desk.http.post(f"/api{_URL}/autosave", json=typed, headers=anna)
    assert kept.status_code == 200, kept.text
    assert (await desk.form(anna))["title"] == "À moitié écrit"
    assert (await desk.form(bruno))["title"] == CARD.title
    assert "À moitié" not in (await desk.http.get("/desk/entries", headers=bruno)).text
    await desk.http.post(f"{_URL}/forget", headers=anna)
    assert (await desk.form(anna))["title"] == CARD.title


async def test_the_preview_is_the_card_and_the_sms_that_citizens_get(desk: Desk) -> None:
    headers = await desk.editor()
    form = await desk.form(headers) | {"short_answer": "Elle coûte **30 €**.", "verified_on": "", "sms_text": "30 euros."}
    shown = (await desk.http.post(f"/api{_URL}/preview", json=form, headers=headers)).json()
    card = shown["shown"]["blocks"][0]
    assert (card["type"], card["verified_on"]) == ("answer", None)
    assert card["body"] == "Elle coûte **30 €**.\n\n**Mineur** : Avec un parent."
    assert "30 euros." in shown["shown"]["sms"][0]
    assert re.search(r"Premier SMS : 0,\d\d € \(segments : \d\)", shown["shown"]["cost"].replace("\N{NO-BREAK SPACE}", " "))
    assert "check_no_date" in {one["code"] for one in shown["advice"]}
    walk = {"start": 1, "chosen": ["1.0"]}
    minor = (await desk.http.post(f"/api{_URL}/preview", json=form | walk, headers=headers)).json()["shown"]
    assert (minor["blocks"][0]["cases"], minor["blocks"][0]["body"]) == (["Mineur"], "Avec un parent.")
    assert "Avec un parent." in minor["sms"][0]
    cleaned = await desk.http.post("/api/desk/entries/clean", json={"html": "<b>x</b><script>y</script>"}, headers=headers)
    assert cleaned.json() == {"markdown": "**x**"}


async def test_a_new_entry_says_whose_word_it_is_and_of_what_day(desk: Desk) -> None:
    headers = await desk.editor()
    made = await desk.http.post("/desk/entries/new", data={"title": "Piscine", "collection": "ville"}, headers=headers)
    page = await desk.http.get(made.headers["location"], headers=headers)
    shown = fields(page.text)
    assert shown["source"] == desk.settings.organisation
    assert shown["verified_on"], "the day on which it was written"


async def test_bad_forms_are_explained_and_change_nothing(desk: Desk) -> None:
    headers = await desk.editor()
    form = await desk.form(headers)
    refused = await desk.http.post(_URL, data=form | {"title": "", "short_answer": "perdu ?"}, headers=headers)
    assert refused.status_code == 422
    assert fields(refused.text)["short_answer"] == "perdu ?", "what was typed is still in the form"
    assert (await desk.http.post(_URL, data=form | {"body": "[1]"}, headers=headers)).status_code == 422
    assert (await desk.http.post(_URL, data={"csrf": "x"}, headers=headers)).status_code == 422
    assert (await desk.http.get("/desk/entries/ville/none", headers=headers)).status_code == 404
    assert (await desk.head()).version == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [("![Plan](https://x.example/p.png)", "image"), ("### Prix", "titre"), ("<b>Prix</b>", "HTML"), ("[ici](page)", "lien")],
)
async def test_a_save_of_what_no_import_takes_is_refused_and_the_checks_say_so(desk: Desk, text: str, said: str) -> None:
    headers = await desk.editor()
    form = await desk.form(headers)
    body = json.dumps([{"kind": "text", "markdown": text}])
    refused = await desk.http.post(_URL, data=form | {"body": body}, headers=headers)
    assert refused.status_code == 422
    told = refused.text.replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(rf'id="said-wrong">« Parties et situations » contient .*{said}', told)
    assert html.escape(text, quote=False) in refused.text.split("</textarea>", 1)[1], "what was typed is still there"
    assert (await desk.head()).version == 1
    shown = (await desk.http.post(f"/api{_URL}/preview", json=form | {"short_answer": text}, headers=headers)).json()
    advised = next(one["text"] for one in shown["advice"] if one["code"].startswith("holds_"))
    assert advised.replace("\N{NO-BREAK SPACE}", " ").startswith("« Réponse courte »")
    blanks = form | {"short_answer": "Une ligne.  \nUne autre."}
    assert (await desk.http.post(_URL, data=blanks, headers=headers)).status_code == 303
    assert (await desk.head()).short_answer == "Une ligne.\nUne autre."


async def test_a_refused_form_comes_back_with_its_sections_and_still_knows_what_it_started_from(desk: Desk) -> None:
    anna, bruno = await desk.editor(name="Anna"), await desk.editor(name="Bruno", teams=[])
    body = json.dumps([{"kind": "text", "markdown": "Une partie toute neuve."}])
    hers = await desk.form(anna) | {"body": body, "url": "www.mairie.example", "reason": "ma raison"}
    refused = await desk.http.post(_URL, data=hers, headers=anna)
    assert refused.status_code == 422
    assert "Une partie toute neuve.</textarea>" in refused.text, "the page shows the tree, and sends again what it shows"
    assert '<a href="#url">' in refused.text
    his = await desk.form(bruno) | {"short_answer": "Réponse de Bruno."}
    assert (await desk.http.post(_URL, data=his, headers=bruno)).status_code == 303
    again = await desk.http.post(_URL, data=hers, headers=anna)
    assert fields(again.text)["started_from"] == "1", "Bruno's revision was not seen"
    late = await desk.http.post(_URL, data=fields(again.text) | {"url": "https://mairie.example"}, headers=anna)
    assert late.status_code == 409
    assert "<strong>Réponse courte</strong>" in late.text, "a part is named as the form names it"
    assert fields(late.text)["reason"] == "ma raison"


async def test_a_field_that_is_too_long_is_named_and_what_was_typed_stays(desk: Desk) -> None:
    headers = await desk.editor()
    form = await desk.form(headers) | {"keywords": "mot " * 600, "short_answer": "à ne pas perdre"}
    refused = await desk.http.post(_URL, data=form, headers=headers)
    assert refused.status_code == 422
    assert "Mots-clés » est trop long" in refused.text.replace("\N{NO-BREAK SPACE}", " ")
    assert fields(refused.text)["short_answer"] == "à ne pas perdre"
    for call in ("autosave", "preview", "links"):
        told = (await desk.http.post(f"/api{_URL}/{call}", json=form, headers=headers)).json()
        assert "2400" in told["detail"]
    assert (await desk.head()).version == 1


async def test_who_may_not_edit_reads(desk: Desk) -> None:
    editor = await desk.editor()
    form = await desk.form(editor)
    for headers in (await desk.editor(Role.READER), await desk.editor(collections=["autre"])):
        page = await desk.http.get(_URL, headers=headers)
        assert page.status_code == 200
        assert "<fieldset disabled" in page.text
        mine = form | {"csrf": headers["X-CSRF-Token"], "title": "Intrus"}
        assert (await desk.http.post(_URL, data=mine, headers=headers)).status_code == 403
        assert (await desk.http.post(f"/api{_URL}/autosave", json=mine, headers=headers)).status_code == 403
    assert (await desk.head()).title == CARD.title


async def test_an_entry_is_found_by_words_theme_state_and_made_anew(desk: Desk) -> None:
    headers = await desk.editor()

    async def found(**asked: str) -> list[str]:
        page = await desk.http.get("/desk/entries", params=asked, headers=headers)
        return re.findall(r'<th scope="row"><a href="/desk/entries/ville/([^"]+)"', page.text)

    assert await found(q="IDENTITE cout") == ["F1"]
    assert sorted(await found(q="papiers")) == ["F1", "F2"]
    assert await found(q="F2") == ["F2"]
    assert await found(status="draft") == []
    made = await desk.http.post("/desk/entries/new", data={"title": "Piscine", "collection": "ville"}, headers=headers)
    identifier = made.headers["location"].split("?")[0].rpartition("/")[2]
    for wrong in ("Ma mairie !", "a" * 65, "../ville"):
        refused = await desk.http.post("/desk/entries/new", data={"title": "Parc", "collection": wrong}, headers=headers)
        assert refused.status_code == 422
        assert "que des lettres, des chiffres et des tirets" in refused.text
    assert await found(q="piscine") == [identifier]
    assert await found(status="draft") == [identifier]
    assert (await desk.http.get(f"/desk/entries/ville/{identifier}", headers=headers)).status_code == 200
    form = await desk.form(headers)
    await desk.http.post(_URL, data=form | {"title": "Autre titre"}, headers=headers)
    assert json.dumps(await found(status="draft")).count("F1") == 1


async def test_list_is_narrowed_by_owner_and_day_and_sorted(desk: Desk) -> None:
    headers = await desk.editor()
    old = CARD.model_copy(update={"id": "F3", "title": "Bac de tri", "verified_on": date(2024, 5, 1)})
    none = CARD.model_copy(update={"id": "F4", "title": "Acte de naissance", "verified_on": None})
    await store.upsert(desk.database, "bis", [one.model_copy(update={"collection": "bis"}) for one in (old, none)], **_IMPORT)

    async def found(**asked: str) -> list[str]:
        page = await desk.http.get("/desk/entries", params=asked, headers=headers)
        assert page.status_code == 200
        return re.findall(r'<th scope="row"><a href="/desk/entries/[a-z]+/([^"]+)"', page.text)

    assert await found(order="verified") == ["F4", "F3", "F1", "F2"]
    assert await found(order="title") == ["F4", "F3", "F1", "F2"]
    assert await found(before="2026-03-01", order="verified") == ["F4", "F3"]
    assert await found(before="2026-03-02", q="carte") == ["F1"]
    data = {"action": "keep", "owner": "anne", "review_by": "2027-01-01", "entry": ["bis/F3/1", "ville/F1/1"]}
    done = await desk.http.post("/desk/work", data=data, headers=headers)
    assert "did_keep" in done.headers["location"]
    assert sorted(await found(owner="anne")) == ["F1", "F3"]
    await desk.http.post("/desk/work", data=data | {"owner": "", "review_by": "2027-02-01"}, headers=headers)
    async with desk.database.read() as session:
        row = await session.get_one(EntryRow, ("bis", "F3"))
    assert (row.owner, row.review_by, row.status) == ("anne", date(2027, 2, 1), "published")
    wrong = await desk.http.post("/desk/work", data=data | {"review_by": "demain"}, headers=headers)
    assert wrong.status_code == 422
    stale = await desk.http.post("/desk/work", data=data | {"entry": "bis/F3/7"}, headers=headers)
    assert "refused_moved_on" in stale.headers["location"]


async def test_a_national_page_is_proposed_linked_and_shown_with_its_title(desk: Desk) -> None:
    state = CARD.model_copy(update={"id": "F9", "collection": "service-public", "title": "Carte d'identité d'un majeur"})
    await store.upsert(desk.database, "service-public", [state], source="test", checksum="2", author="import", reason="")
    headers = await desk.editor()
    proposed = await desk.http.get("/api/desk/entries/ville/national-pages", params={"q": "carte identité"}, headers=headers)
    assert proposed.json() == [{"name": "service-public/F9", "title": "Carte d'identité d'un majeur"}]
    form = await desk.form(headers)
    refused = await desk.http.post(_URL, data=form | {"national_pages": "service-public/F8"}, headers=headers)
    assert refused.status_code == 422
    assert "service-public/F8" in refused.text
    saved = await desk.http.post(_URL, data=form | {"national_pages": "service-public/F9"}, headers=headers)
    assert saved.status_code == 303
    assert (await desk.head()).national_pages == ("service-public/F9",)
    assert (await desk.form(headers))["national_pages"] == "service-public/F9 Carte d'identité d'un majeur"
