"""Text from elsewhere never becomes markup, and markup is what CommonMark reads as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from knowledge_base.entries import markdown

PARSER = MarkdownIt("commonmark").enable("table")


def shown(text: str) -> str:
    """What a reader of the rendered Markdown sees of its paragraphs."""
    return "\n".join(
        "".join(part.content for part in token.children or ()) for token in PARSER.parse(text) if token.type == "inline"
    )


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("  deux   mots\n\t ici ", "deux mots ici"),
        ("750 \u00a0€", "750\u00a0€"),
        ("fin\u202f!", "fin\u00a0!"),
        ("mini\u00admum", "minimum"),
        ("la carte , puis", "la carte, puis"),
        ("prix : ,5", "prix : ,5"),
        ("etc ...", "etc ..."),
    ],
)
def test_tidy(given_: str, wanted: str) -> None:
    assert markdown.tidy(given_) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "formulaires n°10071*14 et 12669*02",
        "**titre** d'éditeur",
        "[(18 % x 300) / 9] puis [suite](x)",
        "snake_case et _souligné_",
        "moins de <b>400</b> m²",
        "C:\\dossier et `code`",
        "- tiret au début",
        "1. chiffre au début",
        "# dièse",
        "> 18 000 €",
    ],
)
def test_foreign_text_is_shown_as_it_stands(text: str) -> None:
    assert shown(markdown.paragraph(text)).replace("\u00a0", " ") == text
    assert [token.type for token in PARSER.parse(markdown.paragraph(text))] == ["paragraph_open", "inline", "paragraph_close"]


@given(st.text(alphabet="ab1 *_[]()<>#-+.!\\`|&;:~=", max_size=30))
def test_no_text_becomes_markup(text: str) -> None:
    tokens = PARSER.parse(markdown.paragraph(text))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {part.type for token in tokens for part in token.children or ()} <= {"text", "text_special"}


def test_entities_that_editors_pasted_are_resolved() -> None:
    assert markdown.paragraph("R&amp;D") == "R&D"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://exemple.fr/a(1) b", "https://exemple.fr/a%281%29%20b"),
        ("mailto:a@exemple.fr", "mailto:a@exemple.fr"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_addresses(address: str, wanted: str) -> None:
    assert markdown.url(address) == wanted


def test_a_label_cannot_end_its_link() -> None:
    found = markdown.link("cerfa n° 12345*01 [pdf]", "https://exemple.fr/(1)")
    assert found == "[cerfa n° 12345*01 (pdf)](https://exemple.fr/%281%29)"
    assert markdown.link("label", "javascript:x") == "label"


def test_items_hold_what_belongs_to_them() -> None:
    assert markdown.item("un\n\ndeux") == "- un\n\n  deux"
    assert markdown.item("un\n\n- deux\n- trois") == "- un\n  - deux\n  - trois"
    assert markdown.item("un\n\ndeux", "10. ") == "10. un\n\n    deux"


def test_paragraphs_in_one_line() -> None:
    assert markdown.in_one_line(["3 ans de prison", "45 000 € d'amende"]) == "3 ans de prison ; 45 000 € d'amende"
    assert markdown.in_one_line(["Prêt locatif", "social", "(PLS)"]) == "Prêt locatif social (PLS)"
    assert markdown.in_one_line(["Une phrase.", "", "Une autre."]) == "Une phrase. Une autre."


def test_labels() -> None:
    assert markdown.labelled("À noter :", "c'est gratuit.") == "**À noter**\u00a0: c'est gratuit."
    assert markdown.labelled("Pièces", "- une") == "**Pièces**\u00a0:\n\n- une"
    assert markdown.labelled("", "seul") == "seul"
