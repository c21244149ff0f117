"""Tests whether the desk would show a gap: one theme is withheld, questions are asked, and the subjects without an answer are
named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.quality.demand.background import SnapshotBackground
from knowledge_base.quality.demand.grouping import centred, centroid, group, names, title
from retrieval.contracts import Embedder, Vectors
from retrieval.evaluation.questions import Question
from retrieval.service import SearchService
from retrieval.terms.analysis import terms
from tools.evaluation.withheld import entries_by_theme, themes

TOP = 10
_LEAST = 8  # least questions of a theme to be withheld


@dataclass(frozen=True)
class Withheld:
    """The result of withholding ``theme``: of ``asked`` questions on it, ``vain`` got no answer, or choices to refuse.

    ``covered`` is the share of these in the first ten groups. ``subjects`` are entries that two or more of them wanted, of
    which ``found`` have a group among the first ten, and ``named`` one whose name shares a word with the entry's title.
    ``told`` is the share of the vain questions whose group is among the first ten and so named. ``names`` are what the desk
    shows of the first ten: the most typical question of the group, and its words.
    """

    theme: str
    asked: int
    vain: int
    covered: float
    subjects: int
    found: int
    named: int
    told: float
    names: tuple[str, ...]


def evaluate_demand(
    questions: Sequence[Question], engine: SearchService, embedder: Embedder, theme: str = ""
) -> list[Withheld]:
    """Returns one result for each theme with enough questions (or for ``theme`` only), as if its questions came while it is
    withheld.
    """
    assert engine.snapshot is not None  # open_engine would have refused
    background = SnapshotBackground(engine.snapshot)
    vectors = centred(embedder.embed_queries([one.question for one in questions]), background.mean)
    members = entries_by_theme(engine)
    found = []
    for name, about in themes(questions, engine, None).items():
        if (theme and name != theme) or len(about) < _LEAST:
            continue
        ours = {one.id for one in about}
        rows = []
        for row, question in enumerate(questions):
            decision = engine.search(question.question, withheld=members[name]).decision
            if decision == "no_answer" or (decision == "choices" and question.id in ours):
                rows.append(row)
        groups = [[rows[place] for place in places] for places in group(vectors[rows])]
        named = names([[questions[row].question for row in places] for places in groups], background.rarity)
        texts = [[questions[row].question for row in _nearest(places, vectors)] for places in groups]
        shown = [(title(said, words), *words) for said, words in zip(texts, named, strict=True)]
        found.append(_judged(name, questions, ours, groups[:TOP], shown[:TOP], rows, engine))
    return found


def _nearest(rows: Sequence[int], vectors: Vectors) -> list[int]:
    """Returns ``rows`` by distance from their centre, the nearest first."""
    near = vectors[list(rows)] @ centroid(vectors[list(rows)])
    return [rows[place] for place in np.argsort(-near, kind="stable")]


def _judged(
    theme: str,
    questions: Sequence[Question],
    ours: set[str],
    groups: Sequence[Sequence[int]],
    named: Sequence[Sequence[str]],
    rows: Sequence[int],
    engine: SearchService,
) -> Withheld:
    vain = [row for row in rows if questions[row].id in ours]
    place = {row: number for number, members in enumerate(groups) for row in members}
    words = [set(terms(" ".join(name))) for name in named]
    titles = {row: _title_terms(questions[row], engine) for row in vain}
    told = [row in place and bool(words[place[row]] & titles[row]) for row in vain]
    wanted = Counter(gold for row in vain for gold in questions[row].gold[:1])
    subjects = [gold for gold, count in wanted.items() if count > 1]
    holds = {gold: [row for row in vain if questions[row].gold[:1] == (gold,)] for gold in subjects}
    return Withheld(
        theme=theme,
        asked=len(ours),
        vain=len(vain),
        covered=round(float(np.mean([row in place for row in vain])), 3) if vain else 0.0,
        subjects=len(subjects),
        found=sum(any(row in place for row in holds[gold]) for gold in subjects),
        named=sum(any(told[vain.index(row)] for row in holds[gold]) for gold in subjects),
        told=round(float(np.mean(told)), 3) if told else 0.0,
        names=tuple(", ".join(name) for name in named),
    )


def _title_terms(question: Question, engine: SearchService) -> set[str]:
    found = [entry for name in question.gold if (entry := engine.entry(name))]
    return {term for entry in found for term in terms(entry.title)}
