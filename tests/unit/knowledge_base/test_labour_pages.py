"""The ministry's package → entries."""

from __future__ import annotations

import io
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.entry import Chapter, Link, TextBlock
from knowledge_base.errors import InvalidSource
from knowledge_base.sources.service_public.convert import WORDINGS
from knowledge_base.sources.travail_emploi import importer
from knowledge_base.sources.travail_emploi.importer import read
from knowledge_base.sources.travail_emploi.text_repair import repaired

SITE = "https://travail-emploi.gouv.fr"


def page(number: int, *sections: dict[str, str], **more: Any) -> dict[str, Any]:
    own = {"title": "", "anchor": "", "html": "<p>Avant.</p>"}
    told = {"pubId": f"article{number}", "title": f"Titre {number}", "intro": "<p>Un.</p>", "date": "13/11/2025"}
    return {**told, "url": f"{SITE}/titre-{number}", "sections": [own, *sections], **more}


def section(title: str, html: str) -> dict[str, str]:
    return {"title": title, "anchor": title.lower().replace(" ", "-"), "html": html}


def packed(path: Path, *pages: dict[str, Any]) -> Path:
    content = orjson.dumps(pages)
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("package/data/fiches-travail.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


def test_page_becomes_an_entry_with_its_source_day_and_parts(tmp_path: Path) -> None:
    (found,) = read(packed(tmp_path / "p.tgz", page(7, section("Quelle est la durée ?", "<p>Un mois.</p>"))))
    assert (found.id, found.collection, found.source) == ("TE7", "travail-emploi", "Ministère du Travail")
    assert (found.title, found.introduction, found.verified_on) == ("Titre 7", "Un.", date(2025, 11, 13))
    heading = "Quelle est la durée\u00a0?"
    assert found.body == (TextBlock(markdown="Avant."), Chapter(heading=heading, body=(TextBlock(markdown="Un mois."),)))
    assert found.url_at((heading,)) == f"{SITE}/titre-7#quelle-est-la-durée-?:~:text=Quelle%20est%20la%20dur%C3%A9e"
    assert found.url_at((heading, "Plus bas")) == found.url_at((heading,))
    assert found.url_at(()) == found.url_at(("Ailleurs",)) == found.url == f"{SITE}/titre-7"


@pytest.mark.parametrize("heading", ["", "<h2>L’essentiel</h2>"])
def test_introduction_that_is_one_list_becomes_paragraphs(tmp_path: Path, heading: str) -> None:
    intro = f"{heading}<ul><li>Un :<ul><li>a</li></ul></li><li>Deux.</li></ul>"
    (found,) = read(packed(tmp_path / "p.tgz", page(1, intro=intro)))
    assert found.introduction == "Un\u00a0:\n\n- a\n\nDeux."


def test_sections_of_links_become_services_and_related_pages(tmp_path: Path) -> None:
    services = section("Services en ligne", '<ul><li><a href="https://x.fr/s">Un service</a> (X)</li></ul>')
    card = f'<li><div class="fr-card"><h3><a href="{SITE}/titre-2">Deux</a></h3><p class="fr-card__desc">Trop.</p></div></li>'
    related = section("À lire sur ce site", f'<ul>{card}<li><a href="https://y.fr">Y</a></li></ul>')
    laws = section("Textes de référence", "<p>Art. L. 1</p>")
    first, _ = read(packed(tmp_path / "p.tgz", page(1, services, related, laws), page(2)))
    assert first.services == (Link(title="Un service", url="https://x.fr/s"),)
    assert first.related == (Link(title="Deux", entry="TE2"), Link(title="Y", url="https://y.fr"))
    assert first.body == (TextBlock(markdown="Avant."),)


def test_page_under_an_old_address_is_imported_once(tmp_path: Path) -> None:
    old = page(1, title="Le CDD", url=f"{SITE}/le-cdd-senior")
    new = page(2, title="Le CDD", url=f"{SITE}/le-cdd")
    other = page(3, section("Voir", f'<a href="{SITE}/le-cdd-senior">CDD</a>'))
    found = {one.id: one for one in read(packed(tmp_path / "p.tgz", old, new, other))}
    assert set(found) == {"TE2", "TE3"}
    assert found["TE3"].related == (Link(title="CDD", entry="TE2"),)


@pytest.mark.parametrize("broken", [{"sections": 3}, {"title": ""}, {"url": "javascript:a()"}])
def test_package_of_another_form_is_refused(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(InvalidSource):
        read(packed(tmp_path / "p.tgz", page(1, **broken)))


def test_twins_that_were_kept_are_named_and_bring_their_wordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twins.jsonl").write_text('{"entry": "F1643", "twin": "TE1"}\n{"entry": "F35309", "twin": "TE1"}\n')
    monkeypatch.setattr(importer, "TWINS", tmp_path / "twins.jsonl")
    first, second = read(packed(tmp_path / "p.tgz", page(1), page(2)))
    assert first.twins == ("service-public/F1643", "service-public/F35309")
    assert first.wordings == (*WORDINGS.of("F1643"), *WORDINGS.of("F35309"))
    assert (second.twins, second.wordings) == ((), ())


def test_twins_are_pairs_each_once_and_of_both_sources() -> None:
    pairs = [tuple(orjson.loads(line).values()) for line in importer.TWINS.read_bytes().splitlines()]
    assert len(set(pairs)) == len(pairs)
    assert all(entry.startswith("F") and twin.startswith("TE") for entry, twin in pairs)


def test_day_that_is_none_is_left_out(tmp_path: Path) -> None:
    (found,) = read(packed(tmp_path / "p.tgz", page(1, date="30/02/2025")))
    assert found.verified_on is None


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("www. service-public. gouv. fr", "www.service-public.gouv.fr"),
        ("Voir le site. Www. x", "Voir le site. Www. x"),
        ("marie. durand_@dreets. gouv. fr", "marie.durand@dreets.gouv.fr"),
        ("n° 23-21. 640 du 2 mai 2025. 3 mois", "n° 23-21.640 du 2 mai 2025. 3 mois"),
        ("(tourisme... ).", "(tourisme...)."),
        ("768. 37 Ko", "768.37 Ko"),
        ("la D. R. E. E. T. S. compétente", "la D.R.E.E.T.S. compétente"),
        ("L. 1221-19 ; « oui »", "L. 1221-19\u00a0; «\u00a0oui\u00a0»"),
        ("un montant net. Eux", "un montant net. Eux"),
    ],
)
def test_mended_text_is_as_the_ministry_wrote_it(given: str, wanted: str) -> None:
    assert repaired(given) == wanted
