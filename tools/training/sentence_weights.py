"""Fits the weights of a sentence's features, from messages whose answering sentences somebody marked (ADR 0065)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from actions.replies.page_question import split_passage
from actions.replies.piece_sets import answering, counted, needed
from core.entry import Entry, passages
from core.text.markdown import plain
from retrieval.contracts import PageSentence
from retrieval.index.vectors import Progress
from retrieval.passages.sentence_worth import VALUES, sentence_values
from retrieval.service import SearchService
from retrieval.snapshots.snapshot import Snapshot
from tools.evaluation.first_reply.folding import folded, states
from tools.training.choice import Choice, Numbers, conditional_logit

DATA = Path(__file__).with_name("answers")
_DIGITS = 2
_LEAST_QUOTED = 15  # characters: a shorter sentence may be part of a quotation by chance
type Row = dict[str, Any]


def answers(folder: Path = DATA) -> list[Row]:
    """Returns the messages that a page answers: ``id``, ``question``, ``best`` (a page), ``quote`` and ``must`` (its facts)."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    return [row for row in map(orjson.loads, lines) if row["best"]]


def examples(rows: Sequence[Row], engine: SearchService, snapshot: Snapshot, progress: Progress) -> list[Choice]:
    """Returns the features of the sentences of each page, and which of them answer, for ``rows`` whose page is in the index."""
    found = []
    for number, row in enumerate(rows, start=1):
        entry = snapshot.entries.find(row["best"])
        sentences = list(sentences_of(entry)) if entry else []
        right = np.array([_answers(one.text, context, row) for one, context in sentences], np.bool_)
        if entry and right.any():
            page = engine.page_read(snapshot, entry, row["question"])
            values = np.asarray(sentence_values(page, [one for one, _ in sentences]), np.float64)
            found.append((values, right))
        progress(number, len(rows))
    return found


def sentences_of(entry: Entry) -> Iterator[tuple[PageSentence, str]]:
    """Yields the sentences of ``entry`` that may answer, each with its text and what it needs to be understood."""
    for passage in passages(entry):
        if passage.defines:
            continue
        pieces = split_passage(entry, passage.order).pieces
        tells = answering(pieces)
        for at in tells:
            sentence = PageSentence(pieces[at].plain, passage.order, begins=at == tells[0])
            yield sentence, plain(counted(pieces, needed(pieces, at)), links=False)


def _answers(sentence: str, context: str, row: Row) -> bool:
    """Decides whether ``sentence`` with its ``context`` states all facts of ``row``, or is part of its quotation."""
    text, quote, said = folded(context), folded(row["quote"]), folded(sentence)
    stated = all(any(states(text, folded(fact)) for fact in group) for group in row["must"])
    return stated or (len(said) > _LEAST_QUOTED and (said in quote or quote in said))


def fit(found: Sequence[Choice]) -> Numbers:
    """Returns the weights under which right sentences are likeliest among those of their page."""
    return conditional_logit(found)


def write(found: Sequence[Choice], path: Path) -> dict[str, float]:
    """Fits the weights, writes them to ``path`` with their figures, and returns these."""
    weights = np.round(fit(found), _DIGITS)
    right = sum(bool(marks[int(np.argmax(values @ weights))]) for values, marks in found) / len(found)
    figures = {"messages": len(found), "first sentence right, as fitted": round(right, 3)}
    content = {"weights": dict(zip(VALUES, weights.tolist(), strict=True)), "figures": figures}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return figures
