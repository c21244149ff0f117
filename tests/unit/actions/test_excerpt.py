from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.excerpt import shorten

PARAGRAPHS = "\n\n".join(f"Paragraphe {number}. " + "Des mots. " * 10 for number in range(6)).strip()
ITEMS = "\n".join(f"- Pièce numéro {number}\n  avec une précision" for number in range(40))
TABLE = "| Âge | Prix |\n| --- | --- |\n" + "\n".join(f"| {age} ans | {age} € |" for age in range(40))


def test_a_short_passage_is_left_alone() -> None:
    assert shorten("Déclarez la perte.\n\nPuis attendez.", 100) == ("Déclarez la perte.\n\nPuis attendez.", False)


def test_it_is_cut_between_paragraphs() -> None:
    text, cut = shorten(PARAGRAPHS, 300)
    assert cut
    assert text == "\n\n".join(part for part in PARAGRAPHS.split("\n\n")[:2])


def test_a_list_is_cut_between_its_items() -> None:
    text, cut = shorten(f"Il faut :\n\n{ITEMS}", 200)
    assert cut
    assert text.startswith("Il faut :\n\n- Pièce numéro 0\n  avec une précision\n- Pièce")
    assert text.endswith("avec une précision")


def test_a_table_is_cut_between_its_rows_and_keeps_its_heading() -> None:
    text, _ = shorten(TABLE, 120)
    assert text.splitlines()[:3] == TABLE.splitlines()[:3]
    assert all(line.count("|") == 3 for line in text.splitlines())


@pytest.mark.parametrize("announced", ["Il faut fournir :", "**À l'étranger**"])
def test_what_announces_the_rest_is_not_left_alone(announced: str) -> None:
    text, cut = shorten(f"Une phrase complète.\n\n{announced}\n\n- " + "a" * 300, 60)
    assert (text, cut) == ("Une phrase complète.", True)


def test_one_long_paragraph_is_cut_between_sentences() -> None:
    text, cut = shorten("Une phrase assez longue. " * 20, 100)
    assert cut
    assert text == " ".join(["Une phrase assez longue."] * 4)


def test_a_first_sentence_is_never_cut() -> None:
    assert shorten("mot " * 100 + "fin. Suite.", 50) == (("mot " * 100 + "fin.").strip(), True)


@given(st.text(alphabet="ab .-|\n:", max_size=400), st.integers(10, 80))
def test_what_is_kept_stands_in_the_passage(markdown: str, limit: int) -> None:
    text, cut = shorten(markdown, limit)
    if markdown.strip():
        assert text
    assert "".join(text.split()) == "".join(markdown.split())[: len("".join(text.split()))]
    assert cut or text == markdown.strip()


@pytest.mark.parametrize("markdown", [PARAGRAPHS, ITEMS, TABLE])
def test_what_is_kept_fits(markdown: str) -> None:
    assert len(shorten(markdown, 250)[0]) <= 250
