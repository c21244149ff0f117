"""The weights of a page's sentences are learned from marked answers, and from no message that is kept for measuring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson

from core.entry import Case, Cases, Chapter, Entry, TextBlock
from core.settings import ROOT
from retrieval.contracts import PageSentence
from retrieval.passages.sentence_worth import VALUES, WEIGHTS, weights
from tools.training.choice import Choice
from tools.training.sentence_weights import answers, fit, sentences_of, write

COVERED = VALUES.index("covered")
MEASURED = ROOT / "tests" / "evaluation" / "first_reply"
PAGE = Entry(
    id="S1",
    collection="test",
    title="Carte",
    introduction="La carte est **gratuite**. Venez.",
    body=(
        Chapter(heading="Mots", body=(TextBlock(markdown="Perte : la carte est perdue.", role="definition"),)),
        Chapter(heading="Papiers", body=(TextBlock(markdown="Apportez :\n\n- une photo\n- un timbre"),)),
        Cases(
            cases=(Case(label="Majeur", body=(TextBlock(markdown="[Le formulaire](https://exemple.fr/f)\n\nVenez seul."),)),)
        ),
    ),
)


def example(right: int) -> Choice:
    """A page of three sentences, of which one covers the message and answers."""
    values = np.zeros((3, len(VALUES)))
    values[right, COVERED] = 1.0
    return values, np.arange(3) == right


FOUND = [example(number % 3) for number in range(30)]


def test_fit_gives_its_weight_to_what_marks_the_right_sentences() -> None:
    fitted = fit(FOUND)
    assert fitted[COVERED] > 1
    assert not np.delete(fitted, COVERED).any()


def test_write_puts_the_weights_with_the_figures_that_they_gave(tmp_path: Path) -> None:
    figures = write(FOUND, tmp_path / "weights.json")
    content = orjson.loads((tmp_path / "weights.json").read_bytes())
    assert list(content["weights"]) == list(VALUES)
    assert content["figures"] == figures == {"messages": 30, "first sentence right, as fitted": 1.0}


def test_weights_that_are_committed_are_those_of_the_values() -> None:
    assert list(orjson.loads(WEIGHTS.read_bytes())["weights"]) == list(VALUES)
    assert len(weights()) == len(VALUES)


def test_sentences_of_a_page_are_those_that_a_reply_may_choose_each_with_what_it_needs() -> None:
    assert list(sentences_of(PAGE)) == [
        (PageSentence("La carte est gratuite.", 0, begins=True), "La carte est gratuite."),
        (PageSentence("Venez.", 0), "Venez."),
        (PageSentence("Apportez :", 2, begins=True), "Apportez :\n\n- une photo\n- … (1 sur 2)"),
        (PageSentence("- une photo", 2), "Apportez :\n\n- une photo\n- … (1 sur 2)"),
        (PageSentence("- un timbre", 2), "Apportez :\n\n- un timbre\n- … (1 sur 2)"),
        (PageSentence("Venez seul.", 3, begins=True), "Venez seul."),
    ]


def test_answers_are_those_of_messages_that_a_page_answers() -> None:
    found = answers()
    assert len(found) > 600
    assert all(row["best"] in row["grades"] and row["quote"] and row["must"] for row in found)
    assert len({row["id"] for row in found}) == len(found)


def test_answers_are_of_no_message_that_is_kept_for_measuring() -> None:
    learned = {key for row in answers() for key in (row["id"], row["question"].casefold())}
    measured = [orjson.loads(line) for path in MEASURED.glob("*_questions.jsonl") for line in path.open("rb")]
    assert len(measured) > 600
    assert not learned & {key for row in measured for key in (row["id"], row["question"].casefold())}
