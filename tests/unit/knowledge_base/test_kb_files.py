"""Entries written as Markdown files, and the project's own set."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.entry import Case, Cases, Chapter, Link, TextBlock
from knowledge_base.errors import InvalidSource
from knowledge_base.sources.markdown_folder import DEMONSTRATION, TOWN, read_folder

HEAD = """---
id: {page}
title: Carte perdue
wordings: [j'ai perdu ma carte]
description: Que faire.
theme: [Papiers]
audiences: [Particuliers]
source: Le projet
url: https://exemple.fr/{page}
verified_on: 2026-01-02
related: {related}
services:
  - title: Déclarer
    url: https://exemple.fr/s
---
"""
BODY = """
Une **introduction**.

## Où aller

Au choix :

### Cas : Vous êtes en France

À la mairie.

### Cas : Vous êtes à l'étranger

- au consulat

### Bon à savoir

C'est gratuit.

## Délai

Deux semaines.
"""


def write(folder: Path, page: str, *, body: str = BODY, related: str = "[]", head: str = HEAD) -> None:
    (folder / f"{page}.md").write_text(head.format(page=page, related=related) + body, encoding="utf-8")


def text(markdown: str) -> TextBlock:
    return TextBlock(markdown=markdown)


def test_a_file_becomes_an_entry(tmp_path: Path) -> None:
    write(tmp_path, "demo-a", related="[demo-b]")
    write(tmp_path, "demo-b")
    first, _ = read_folder(tmp_path)
    assert (first.id, first.collection, first.title) == ("demo-a", "demonstration", "Carte perdue")
    assert first.introduction == "Une **introduction**."
    assert (first.audiences, first.theme, first.verified_on) == (("particuliers",), ("Papiers",), date(2026, 1, 2))
    assert first.related == (Link(title="Carte perdue", entry="demo-b"),)
    assert first.services == (Link(title="Déclarer", url="https://exemple.fr/s"),)
    assert first.url == "https://exemple.fr/demo-a"
    assert first.body == (
        Chapter(
            heading="Où aller",
            body=(
                text("Au choix :"),
                Cases(
                    cases=(
                        Case(label="Vous êtes en France", body=(text("À la mairie."),)),
                        Case(label="Vous êtes à l'étranger", body=(text("- au consulat"),)),
                    )
                ),
                Chapter(heading="Bon à savoir", body=(text("C'est gratuit."),)),
            ),
        ),
        Chapter(heading="Délai", body=(text("Deux semaines."),)),
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<b>gras</b>", "HTML"),
        ("![image](https://exemple.fr/i.png)", "image"),
        ("# Titre", "un titre"),
        ("[ici](/chemin)", "non absolue"),
        ("## Vide\n\n## Suite\n\ntexte", "Vide"),
        ("## Cas\n\n### Cas : seul\n\ntexte", "seul"),
    ],
)
def test_a_wrong_body_is_refused_by_name(tmp_path: Path, body: str, told: str) -> None:
    write(tmp_path, "demo-a", body=body)
    with pytest.raises(InvalidSource, match=told) as refused:
        read_folder(tmp_path)
    assert "demo-a.md" in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: {page}", "id: autre"),
        ("title: Carte perdue", "titre: Carte perdue"),
        ("verified_on: 2026-01-02", "verified_on: hier"),
        ("url: https://exemple.fr/{page}", "url: ici"),
        ("related: {related}", "related: [demo-z]"),
        ("---\nid", "id"),
    ],
)
def test_a_wrong_head_is_refused_by_name(tmp_path: Path, before: str, after: str) -> None:
    write(tmp_path, "demo-a", head=HEAD.replace(before, after, 1))
    with pytest.raises(InvalidSource, match=r"demo-a\.md"):
        read_folder(tmp_path)


def test_the_projects_own_set() -> None:
    found = read_folder(DEMONSTRATION)
    assert len(found) >= 60
    assert all(entry.id.startswith("demo-") and entry.introduction and entry.body and entry.wordings for entry in found)
    assert len({entry.title for entry in found}) == len(found)


def test_the_demonstrations_town_has_twenty_pages_on_matters_of_the_state() -> None:
    found = read_folder(TOWN, "valbourg")
    linked = [entry for entry in found if entry.national_pages]
    assert len(linked) == 20
    assert all(len(entry.sms_text) <= 125 and entry.verified_on and entry.source == "Ville de Valbourg" for entry in found)
    demonstration = {f"demonstration/{entry.id}" for entry in read_folder(DEMONSTRATION)}
    named = {name for entry in linked for name in entry.national_pages}
    assert {name for name in named if name.startswith("demonstration/")} <= demonstration
