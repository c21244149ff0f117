"""Every part of every page, shortened: whole sentences, no exception hidden, no old figure without its date."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import repeat

import pytest

from actions.replies.cards import nothing_asked
from actions.replies.dated_amounts import has_figure, is_dated, with_dates
from actions.replies.extract import Extract, extract
from actions.replies.piece_sets import stub
from actions.replies.pieces import Kind, pieces_of
from actions.replies.style import SMS, WEB
from actions.replies.truncated_description import shown, stand_in
from core.entry import Entry, passages
from core.opening_sentences import opening_rank, plain_words
from core.text.markdown import plain
from retrieval.contracts import PageSentence
from retrieval.service import SearchService

DAY = date(2020, 5, 12)
ENDS = re.compile(r"[.!?…»)|](?:\*\*)?\Z")
SEED = 30
SEEDED = 300  # parts whose truth depends on what follows


def _entries(engine: SearchService) -> Iterator[Entry]:
    assert engine.snapshot is not None
    for place in range(len(engine.snapshot.entries.ids)):
        yield engine.snapshot.entries.at(place)


@pytest.fixture(scope="module")
def parts(engine: SearchService) -> list[str]:
    """Returns the text of each part of each page, as citizens see it; a text that several cases share, once."""
    return list(dict.fromkeys(shown(entry, part.order) for entry in _entries(engine) for part in passages(entry)))


def _any_sentence(sentences: Sequence[PageSentence]) -> list[float]:
    """Returns worths that prefer one of ``sentences``, always the same: as if it were asked for."""
    chosen = random.Random("".join(one.text for one in sentences)).randrange(len(sentences))
    return [float(at == chosen) for at in range(len(sentences))]


@pytest.mark.parametrize("worth", [nothing_asked, _any_sentence], ids=["nothing asked", "any sentence asked for"])
def test_extract_of_every_part_ends_whole(parts: list[str], worth: object) -> None:
    wrong = []
    for text in parts:
        found = extract(text, worth, WEB.card, answer_chars=WEB.answer, whole_chars=WEB.whole)  # type: ignore[arg-type]
        last = found.text.rstrip()
        if last and (not ENDS.search(last) or last.endswith(":")):
            wrong.append(last[-80:])
    assert wrong == []


def test_extract_of_every_part_begins_with_a_whole_piece(parts: list[str]) -> None:
    for text in parts:
        found = extract(text, _any_sentence, SMS.card)
        begins = [piece.text[:40].rstrip(" \u00a0\u202f;,:") for piece in pieces_of(text)]
        assert not found.text or any(found.text.startswith(begin) for begin in begins)


def test_exceptions_of_seeded_parts_are_shown_or_begun(parts: list[str]) -> None:
    depends = [text for text in parts if any(piece.is_exception for piece in pieces_of(text)[1:])]
    drawn = random.Random(SEED).sample(depends, SEEDED)
    hidden = [text for text in drawn for limit in (WEB.card, WEB.mini, SMS.mini) if _hides(text, limit)]
    print(f"{len(depends)} parts, {SEEDED} drawn, {len(hidden)} of {3 * SEEDED} extracts hide an exception")
    assert len(hidden) <= 0.05 * 3 * SEEDED


def _hides(text: str, limit: int) -> bool:
    """Returns whether the sentence that turns round what the extract ends with stands nowhere in it."""
    pieces, found = pieces_of(text), extract(text, nothing_asked, limit)
    if not found.pieces:
        return False
    following = [at for at in range(found.pieces[-1] + 1, len(pieces)) if pieces[at].kind is not Kind.LINK][:1]
    return any(pieces[at].is_exception and not _tells(found, pieces[at].text) for at in following)


def _tells(found: Extract, exception: str) -> bool:
    first = plain(stub(exception), links=False).rstrip("…")
    return first[:30] in " ".join(plain(found.text, links=False).split())


def test_figures_of_every_part_carry_their_date(parts: list[str]) -> None:
    undated = []
    for text in parts:
        for piece in pieces_of(with_dates(text, DAY)):
            label = re.match(r"\*\*[^*]+\*\* : ", piece.text)
            told = piece.text[label.end() :] if label else piece.text
            named = piece.kind is Kind.LINK or (piece.kind is Kind.HEADING and not piece.text.startswith("|"))
            if not named and has_figure(told) and not is_dated(told, DAY):
                undated.append(told[:120])
    assert undated == []


def test_question_pages_begin_with_their_yes_or_no(engine: SearchService) -> None:
    decided = re.compile(r"(?:\*\*)?(?:oui|non)\b", re.IGNORECASE)
    lost = []
    for entry in _entries(engine):
        text = shown(entry, stand_in(entry, 0))
        if entry.title.rstrip().endswith("?") and decided.match(text):
            found = extract(text, _any_sentence, WEB.card, answer_chars=WEB.answer, whole_chars=WEB.whole)
            lost += [] if decided.match(found.text) else [entry.id]
    assert lost == []


def test_answered_questions_name_sentences_of_their_pages(engine: SearchService) -> None:
    asked = [entry for entry in _entries(engine) if entry.questions]
    assert len(asked) > 500
    assert [(entry.id, words) for entry in asked for words in _unanswered(entry)] == []


def test_openings_begin_sentences_of_their_pages(engine: SearchService) -> None:
    opened = [entry for entry in _entries(engine) if entry.opening]
    assert len(opened) > 1000
    assert [(entry.id, words) for entry in opened for words in _lost(entry)] == []


def _unanswered(entry: Entry) -> list[str]:
    """Returns the first words of answers to questions that begin no sentence of ``entry``."""
    pieces = (piece for part in passages(entry) for piece in pieces_of(shown(entry, part.order)))
    sentences = [plain_words(plain(piece.text, links=False)) for piece in pieces]
    return [one.sentence for one in entry.questions if not any(map(str.startswith, sentences, repeat(one.sentence)))]


def _lost(entry: Entry) -> list[str]:
    """Returns the first words that open ``entry`` and begin none of its sentences."""
    pieces = (piece for part in passages(entry) for piece in pieces_of(shown(entry, part.order)))
    found = {opening_rank(entry, plain(piece.text, links=False)) for piece in pieces}
    return [words for rank, words in enumerate(entry.opening) if rank not in found]
