"""The relevance of a page's sentences to a question: the log-odds that a sentence states the answer."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import orjson

from core.entry import Entry, Passage, passages
from core.opening_sentences import begins_with, opening_rank, plain_words
from retrieval.contracts import PageSentence
from retrieval.passages.choice import Asked
from retrieval.passages.word_vectors import SentenceWords, matched, unmatched, word_vectors
from retrieval.terms.analysis import fold, terms

# A conditional logit fitted on messages whose answering sentences somebody marked (`./guichet train sentences`, ADR 0065).
WEIGHTS = Path(__file__).with_name("sentence_weights.json")
VALUES = (
    "covered",  # share of the message's words beyond the title (by rarity) in the sentence, its headings, cases and questions
    "matched",  # share of all words of the message that match it, or its headings and cases, by meaning (``word_vectors``)
    "unasked",  # share of the words of its headings and cases that neither the message nor the title means
    "aspects",  # share of the general aspects asked for (cost, delay, place …) that it states
    "opening",  # it opens the page …
    "opening_rank",  # … and how far from the first, in sevenths
    "question",  # ten times the cosine of the nearest question that it answers, less that of the page's nearest question
    "question_share",  # its questions' share of the page's questions, weighted by nearness
    "usual",  # it answers one of the page's first questions: writers began with what most people ask
    "part",  # the log-odds of its part, relative to the likeliest one
    "begins",  # its part begins with it
    "place",  # from 0 at the beginning of the page to 1 at its end
    "figure",  # it states an amount or a span of time
    "permits",  # "peut", "droit" …
    "obliges",  # "doit", "obligatoire" …
    "denies",  # "ne … pas", "sans" …
    "short",  # under 40 characters
)
_KINDS = (
    re.compile(r"€|%|\b(?:ans?|mois|jours?|semaines?)\b"),
    re.compile(r"\b(?:peut|peuvent|pouvez|possible|droit)\b"),
    re.compile(r"\b(?:doit|doivent|devez|oblig\w+|faut)\b"),
    re.compile(r"\b(?:ne|n'|pas|sans|aucun\w*|interdit\w*)\b"),
)
_SHORT = 40  # characters
_USUAL = 10  # questions of a page
_UNLIKELY = -6.0  # log-odds: no part counts as less likely
_NEARNESS_SCALE = 0.02  # cosine: a question nearer by this weighs e times as much
_NO_QUESTION = -0.02  # cosine of a sentence without a question, below the page's farthest question
# "Par téléphone : 34 00, coût d'un appel local": a contact tells no cost or time of what is asked for.
_CONTACT = re.compile(r"\W{0,6}par (?:telephone|messagerie|courriel|courrier electronique|mail|sms|fax|telecopie)\b\W{0,6}:")


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page in relation to a message.

    ``said``: the weights of all words of the message. ``near``: its cosines with the page's questions, by number. ``odds``: the
    log-odds of the page's parts, by the order of a passage of each.
    """

    entry: Entry
    asked: Asked
    said: Mapping[str, float] = field(default_factory=dict)
    near: Mapping[int, float] = field(default_factory=dict)
    odds: Mapping[int, float] = field(default_factory=dict)


@cache
def weights() -> tuple[float, ...]:
    """Returns the weights of ``VALUES``."""
    found: dict[str, float] = orjson.loads(WEIGHTS.read_bytes())["weights"]
    return tuple(found[name] for name in VALUES)


def sentence_worth(page: PageRead, sentences: Sequence[PageSentence]) -> list[float]:
    """Returns, for each of ``sentences``, the log-odds that it states the answer, up to a constant of the page."""
    fitted = weights()
    return [sum(weight * value for weight, value in zip(fitted, row, strict=True)) for row in sentence_values(page, sentences)]


def sentence_values(page: PageRead, sentences: Sequence[PageSentence]) -> list[tuple[float, ...]]:
    """Returns the ``VALUES`` of each of ``sentences``."""
    known, entry, near = passages(page.entry), page.entry, page.near
    content, odds = page.asked.without_aspect_words(), {known[order].headings: odd for order, odd in page.odds.items()}
    highest, lowest = max(near.values(), default=0.0), min(near.values(), default=0.0)
    soft = {number: math.exp((cosine - highest) / _NEARNESS_SCALE) for number, cosine in near.items()}
    whole = sum(soft.values()) or 1.0
    above = {order: set(terms(" ".join((*known[order].headings, *known[order].cases)))) for order in _orders(sentences)}
    words = [_words_of(sentence.text) for sentence in sentences]
    paths = [set[str]() if sentence.passage is None else above[sentence.passage] for sentence in sentences]
    title, known_words = terms(entry.title), word_vectors()
    by_meaning = matched(page.said, title, list(map(SentenceWords, words, paths)), known_words).tolist()
    unasked = dict(zip(above, unmatched(list(above.values()), {*page.said, *title}, known_words).tolist(), strict=True))
    rows: list[tuple[float, ...]] = []
    for sentence, own, path, share in zip(sentences, words, paths, by_meaning, strict=True):
        text = plain_words(sentence.text)
        answered = [number for number in near if begins_with(entry, text, entry.questions[number].sentence)]
        asked_in = set(terms(" ".join(entry.questions[number].question for number in answered))) if answered else set()
        rank = opening_rank(entry, sentence.text)
        passage = None if sentence.passage is None else known[sentence.passage]
        cosine = max((near[number] for number in answered), default=lowest + _NO_QUESTION)
        rows.append(
            (
                content.share(own | asked_in | path),
                share,
                0.0 if sentence.passage is None else unasked[sentence.passage],
                _aspects_in(page.asked, sentence.text),
                float(rank is not None),
                (rank or 0) / 7,
                10 * (cosine - highest),
                sum(soft[number] for number in answered) / whole,
                float(any(number < _USUAL for number in answered)),
                _part_odds(passage, odds),
                float(sentence.begins),
                passage.order / max(len(known) - 1, 1) if passage else 0.0,
                *_kinds_of(sentence.text),
            )
        )
    return rows


# Sentences of pages only: citizens' messages are not kept in memory.
@lru_cache(maxsize=4096)
def _words_of(sentence: str) -> frozenset[str]:
    return frozenset(terms(sentence))


@lru_cache(maxsize=4096)
def _kinds_of(sentence: str) -> tuple[float, ...]:
    """Returns the last five of the ``VALUES``, which depend on the sentence alone."""
    folded = fold(sentence)
    return (*(float(pattern.search(folded) is not None) for pattern in _KINDS), float(len(sentence) < _SHORT))


def _orders(sentences: Sequence[PageSentence]) -> Collection[int]:
    return {sentence.passage for sentence in sentences if sentence.passage is not None}


def _part_odds(passage: Passage | None, odds: Mapping[tuple[str, ...], float]) -> float:
    return 0.0 if passage is None else max(odds.get(passage.headings, _UNLIKELY), _UNLIKELY)


def _aspects_in(asked: Asked, sentence: str) -> float:
    """Returns the share of the general aspects asked for that ``sentence`` states."""
    general = [aspect.text for aspect in asked.aspects if aspect.text]
    if not general:
        return 0.0
    folded = fold(sentence)
    if _CONTACT.match(folded):
        return 0.0
    return sum(pattern.search(folded) is not None for pattern in general) / len(general)
