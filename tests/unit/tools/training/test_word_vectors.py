"""Word vectors learn which words of a question mean which words of the sentence that answers it."""

from __future__ import annotations

import numpy as np
import pytest

from core.entry import AnsweredQuestion, Chapter, Entry, TextBlock
from retrieval.evaluation.questions import Question
from retrieval.passages.word_vectors import SentenceWords, matched
from tools.training.word_vectors import MatchModel, PageExample, examples, indexed, train

PAGE = Entry(
    id="W1",
    collection="test",
    title="Suspension",
    introduction="La suspension est une mesure.",
    body=(
        Chapter(heading="Durée", body=(TextBlock(markdown="Elle dure 4 mois."),)),
        Chapter(heading="Rémunération", body=(TextBlock(markdown="Le traitement est versé. Pas la prime."),)),
    ),
    questions=(AnsweredQuestion(question="je garde mon salaire ?", sentence="Le traitement est"),),
)
SENTENCES = [SentenceWords([word], []) for word in ("trait", "mois", "prim")]


def test_examples_are_the_questions_of_sentences_and_of_parts() -> None:
    of_part = Question(question="combien de temps", entry="W1", headings=("Durée",))
    (example,) = examples([PAGE], [of_part])
    assert [(list(asked), list(numbers)) for asked, numbers in example.asked] == [
        (["gard", "salair"], [2]),
        (["combien", "temp"], [1]),
    ]
    assert example.sentences[1].above == ("dur",)


def test_a_page_without_questions_is_no_example() -> None:
    assert not list(examples([PAGE.model_copy(update={"questions": ()})], []))


def test_train_brings_a_word_near_to_its_answer() -> None:
    vocabulary = ["mois", "prim", "salair", "trait"]
    chance = np.random.default_rng(1).normal(size=(4, 8)).astype(np.float32)
    page = PageExample([], SENTENCES, [(["salair"], [0])])
    learned = train([page] * 40, vocabulary, chance, lambda _: 1.0, lambda *_: None)
    shares = matched({"salair": 1.0}, [], SENTENCES, learned)
    assert shares.argmax() == 0
    assert shares[0] > 2 * sorted(shares)[1]


def test_training_and_use_compute_the_same_share() -> None:
    vocabulary = ["mois", "prim", "salair", "trait"]
    chance = np.random.default_rng(2).normal(size=(4, 8)).astype(np.float32)
    rows = {word: row for row, word in enumerate(vocabulary)}
    page = PageExample(["mois"], [SentenceWords(["trait", "prim"], ["mois"]), SentenceWords(["prim"], [])], [(["salair"], [0])])
    model = MatchModel(chance, np.full(4, 2.0, np.float32))
    untrained = train([page], vocabulary, chance, lambda _: 2.0, lambda *_: None, epochs=0)
    in_use = matched({"salair": 2.0}, page.title, page.sentences, untrained)
    assert model(indexed(page, rows)).detach().numpy()[0] == pytest.approx(in_use, abs=1e-5)
