"""The benchmark: what an answer is worth, the gaps between ways of writing, and its own set of questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cli.language import Refusal
from core.entry import Entry
from retrieval.evaluation.questions import read_parallel
from tools.benchmark.baseline import bm25
from tools.benchmark.questions import STANDARD, by_way, digest, graded
from tools.benchmark.ruler import Gap, figures, gaps, measure
from tools.benchmark.systems import Answer, command
from tools.evaluation.first_reply.files import ANSWERS, GradedQuestion
from tools.evaluation.noise import noisy

ASKED = GradedQuestion("1", "prix du passeport ?", {"F1": 3, "F2": 2, "F3": 0}, "F1", (("86 €", "86 euros"), ("timbre",)))
_WAYS = {STANDARD, "sms", "slips", "easy", "en", "es", "pt", "ar", "tr", "uk"}


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (Answer(id="1", text="Il coûte 86 euros, en **timbre** fiscal.", pages=("F1",)), {"states", "first_right", "in_three"}),
        (Answer(id="1", text="Il coûte 186 € en timbre.", pages=("F2", "F3", "F1")), {"in_three"}),
        (Answer(id="1", text="Bonjour", pages=("F3", "F9", "F3", "F1")), {"off"}),
        (Answer(id="1", text="x" * 601 + " 86 € timbre"), set()),
        (Answer(id="1"), {"silent"}),
    ],
)
def test_measure_holds_exactly_what_the_answer_deserves(answer: Answer, holds: set[str]) -> None:
    measured = measure(ASKED, answer)
    assert {name for name in measured.__dataclass_fields__ if getattr(measured, name)} == holds


def test_figures_count_facts_only_where_they_are_known() -> None:
    unknown = GradedQuestion("2", "?", {"F1": 3}, "F1")
    answers = {"1": Answer(id="1", text="86 €, timbre", pages=("F1",)), "2": Answer(id="2")}
    found = figures([ASKED, unknown], answers)
    assert (found["n"], found["states"], found["first_right"], found["silent"]) == (2, 1.0, 0.5, 0.5)


def test_gaps_put_the_way_that_loses_most_first() -> None:
    def asked(way: str) -> list[GradedQuestion]:
        return [GradedQuestion(f"{number}/{way}", "?", {"F1": 3}, "F1", (("oui",),)) for number in range(4)]

    parts = {way: asked(way) for way in (STANDARD, "easy", "tr")}
    right = {one.id: Answer(id=one.id, text="oui", pages=("F1",)) for part in parts.values() for one in part}
    answers = right | {f"{number}/tr": Answer(id=f"{number}/tr", pages=("F9",)) for number in range(3)}
    worst, other = gaps(parts, answers)
    assert (worst.way, worst.figure, worst.difference) == ("tr", "in_three", 0.75)
    assert worst.low <= worst.difference <= worst.high
    assert other == Gap("easy", "in_three", 0.0, 0.0, 0.0)
    texts = {key: Answer(id=key, text=answer.text) for key, answer in answers.items()}
    assert gaps(parts, texts)[0].figure == "states"


def test_equality_set_asks_the_same_questions_in_every_way() -> None:
    parts = by_way(0)
    judged = {one.id: one for one in graded("dev", 0)}
    assert parts.keys() == _WAYS
    for line in read_parallel():
        of = judged[line.id]
        assert line.ways.keys() == _WAYS
        assert (line.ways[STANDARD], line.ways["sms"]) == (of.message, noisy(of.message, "sms"))
        assert line.ways["slips"] == noisy(of.message, "slips")
        assert line.gold
        assert {of.grades[page] for page in line.gold} == {ANSWERS}
        assert of.must
    assert {len(part) for part in parts.values()} == {len(read_parallel())}


def test_digest_changes_with_what_is_asked_and_with_how_it_is_judged() -> None:
    others = [replace(ASKED, message="?"), replace(ASKED, grades={"F1": 2}), replace(ASKED, must=())]
    assert len({digest([one]) for one in (ASKED, *others)}) == 4
    assert digest([ASKED]) == digest([replace(ASKED, grades=dict(sorted(ASKED.grades.items(), reverse=True)))])


@pytest.mark.parametrize(("kind", "found"), [("titles", ("F1",)), ("pages", ("F2", "F1"))])
def test_bm25_answers_with_the_beginning_of_the_page(kind: str, found: tuple[str, ...]) -> None:
    titles = {"F1": "Passeport", **{f"F{number}": "Autre page" for number in range(2, 9)}}
    texts = {"F1": "Durée de validité", "F2": "passeport, prix du passeport"}
    pages = [Entry(id=page, collection="c", title=title, description=texts.get(page, "")) for page, title in titles.items()]
    system = bm25(pages, kind)
    answer = system([GradedQuestion("1", "prix du passeport", {})])["1"]
    assert answer.pages == found
    assert answer.text.startswith("Durée" if kind == "titles" else "passeport, prix")
    assert system([GradedQuestion("2", "кіт", {})])["2"] == Answer(id="2")


_ECHO = """python3 -c 'import json, sys
for line in sys.stdin: print(json.dumps({"id": json.loads(line)["id"], "text": json.loads(line)["question"]}))'"""


@pytest.mark.parametrize(
    ("line", "refusal"),
    [(_ECHO, ""), ("false", "false"), ("echo hello", "hello"), ("true", "1 questions"), ("no-such-program", "no-such-program")],
)
def test_command_is_asked_once_and_answers_every_question(line: str, refusal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", "en")
    if not refusal:
        assert command(line)([ASKED]) == {"1": Answer(id="1", text=ASKED.message)}
        return
    with pytest.raises(Refusal, match=refusal):
        command(line)([ASKED])
