"""Words that are replaced in the texts of an entry, and those that only look like them."""

from __future__ import annotations

from datetime import date

import pytest

from core.entry import AnsweredQuestion, Case, Cases, Chapter, Entry, Link, TextBlock
from knowledge_base.editing.replacing import Replacement

_NBSP = "\N{NO-BREAK SPACE}"


def _entry(text: str) -> Entry:
    return Entry(id="a", collection="c", title="Carte", short_answer=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Elle coûte 25 €.", "Elle coûte 30 €."),
        (f"Elle coûte **25{_NBSP}€**.", f"Elle coûte **30{_NBSP}€**."),
        ("| Carte | 25 € |\n|---|---|\n| a | b |", "| Carte | 30 € |\n|---|---|\n| a | b |"),
        *((same, same) for same in ("125 €", "0,25 €", f"1{_NBSP}025 €", "7 25 €", "25\n€", "25 euros")),
        ("[25 €](https://x.example/25 €)", "[30 €](https://x.example/25 €)"),
        ("25 € et 25 €", "30 € et 30 €"),
    ],
)
def test_fee_is_replaced_as_a_whole_number(text: str, expected: str) -> None:
    assert Replacement("25 €", "30 €").applied(_entry(text))[0].short_answer == expected


@pytest.mark.parametrize("text", ["le timbre", "timbre-poste", "entimbré"])
def test_word_is_replaced_as_a_whole(text: str) -> None:
    assert Replacement("timbre", "droit").applied(_entry(text))[1] == (text != "entimbré")


@pytest.mark.parametrize("text", ["250 000", "0.250", "1 250", "250,5", "12 50"])
def test_number_is_no_part_of_another(text: str) -> None:
    assert Replacement("250", "300").applied(_entry(text))[1] == 0


def test_replacement_with_another_number_of_words_is_put_as_it_is_typed() -> None:
    assert Replacement("25 €", "gratuit").applied(_entry(f"C'est 25{_NBSP}€."))[0].short_answer == "C'est gratuit."


def test_all_texts_change_and_no_address_or_name() -> None:
    paid = (TextBlock(markdown="25 € [ici](https://x.example/25)"),)
    entry = Entry(
        id="prix-25",
        collection="essai",
        title="Carte à 25 €",
        wordings=("carte 25 €",),
        opening=("La carte coûte 25 €",),
        questions=(AnsweredQuestion(question="25 € ?", sentence="La carte coûte 25 €"),),
        body=(
            Chapter(heading="Les 25 €", wordings=("25 €",), body=paid),
            Cases(question="25 € ?", cases=(Case(label="25 €", body=paid),)),
        ),
        sms_text="25 €",
        urls={"": "https://x.example/25"},
        anchors={"Les 25 €": "prix-25"},
        related=(Link(title="25 €", entry="prix-25", url="https://x.example/25"),),
    )
    changed, places = Replacement("25 €", "30 €").applied(entry)
    written = changed.model_dump_json()
    assert (places, written.count("30 €"), written.count("25 €")) == (14, 14, 0)
    assert (changed.id, changed.urls, changed.related[0].url) == (entry.id, entry.urls, entry.related[0].url)
    assert changed.url_at(("Les 30 €",)) == "https://x.example/25#prix-25"
    assert written.count("https://x.example/25") == entry.model_dump_json().count("https://x.example/25")


@pytest.mark.parametrize(("find", "instead"), [("25", "30"), ("2026", "2027"), ("03", "cette année")])
def test_neither_days_nor_fragments_change(find: str, instead: str) -> None:
    body = (Chapter(heading="Les 25 €", body=(TextBlock(markdown="25 € en 2026"),)),)
    anchors, day = {"Les 25 €": "prix-25"}, date(2026, 3, 1)
    entry = Entry(id="a", collection="c", title="Carte", body=body, anchors=anchors, verified_on=day)
    changed, _ = Replacement(find, instead).applied(entry)
    assert (list(changed.anchors.values()), changed.verified_on) == (["prix-25"], day)
