"""Learns the vectors of ``retrieval.passages.word_vectors`` from questions and the sentences that answer them (ADR 0066).

A question's score for a sentence is its share of matched words. The loss is that of a choice among all sentences of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from core.entry import Entry, passages
from core.opening_sentences import begins_with, plain_words
from core.text.markdown import plain
from retrieval.contracts import Embedder
from retrieval.evaluation.questions import Question
from retrieval.index.vectors import Progress
from retrieval.passages.word_vectors import TITLE_SHARE, UNMATCHED, SentenceWords, WordVectors
from retrieval.terms.analysis import terms, words
from tools.training.sentence_weights import sentences_of

DIMENSION = 96
EPOCHS = 3
_RATE, _FASTER = 3e-3, 1e-2  # learning rates: of vectors and weights, of the two scalars
_SHARPNESS = 12.0  # of the choice, at the start: scores are shares, from 0 to 1
_PAGES_A_STEP = 4
_SEED = 0
_BATCH = 2048  # words embedded at a time, between two reports


@dataclass(frozen=True, slots=True)
class PageExample:
    """A page as index terms. ``asked``: the terms of questions, each with the numbers of the sentences that answer it."""

    title: Sequence[str]
    sentences: Sequence[SentenceWords]
    asked: Sequence[tuple[Sequence[str], Sequence[int]]]


def examples(entries: Iterable[Entry], of_parts: Sequence[Question]) -> Iterator[PageExample]:
    """Yields the pages with the questions that their sentences answer, and those ``of_parts`` whose parts have sentences."""
    asked_of: dict[str, list[Question]] = {}
    for question in of_parts:
        asked_of.setdefault(question.entry, []).append(question)
    for entry in entries:
        example = _example(entry, asked_of.get(entry.id, ()))
        if example.asked and len(example.sentences) > 1:
            yield example


def _example(entry: Entry, of_parts: Sequence[Question]) -> PageExample:
    known, sentences = passages(entry), [one for one, _ in sentences_of(entry)]
    paths = [() if one.passage is None else (known[one.passage].headings, known[one.passage].cases) for one in sentences]
    above = [tuple(word for path in both for word in path) for both in paths]
    found = [SentenceWords(_terms(one.text), _terms(" ".join(path))) for one, path in zip(sentences, above, strict=True)]
    begun = [plain_words(one.text) for one in sentences]
    asked = []
    for one in entry.questions:
        asked.append((one.question, [at for at, text in enumerate(begun) if begins_with(entry, text, one.sentence)]))
    for question in of_parts:
        parts = (question.headings, *question.also)
        asked.append((question.question, [at for at, both in enumerate(paths) if both and both[0] in parts]))
    told = [(_terms(text), numbers) for text, numbers in asked if numbers and len(numbers) < len(sentences)]
    return PageExample(_terms(entry.title), found, [(one, numbers) for one, numbers in told if one])


def texts_of(entries: Iterable[Entry], of_parts: Sequence[Question]) -> Iterator[str]:
    """Yields all texts whose words get vectors: citizens' questions first, whose written forms are the usual ones."""
    entries = list(entries)
    yield from (question.question for question in of_parts)
    yield from (one.question for entry in entries for one in entry.questions)
    for entry in entries:
        yield entry.title
        for passage in passages(entry):
            yield " ".join((*passage.headings, *passage.cases, plain(passage.markdown, links=False)))


def _terms(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms(text)))


def first_vectors(texts: Iterable[str], embedder: Embedder, progress: Progress) -> tuple[list[str], NDArray[np.float32]]:
    """Returns the index terms of ``texts`` and a vector for each, (terms, ``DIMENSION``): that of its first written form by
    the embedder, in the directions in which these vectors differ most.
    """
    forms: dict[str, str] = {}
    for text in texts:
        for word in words(text):
            for term in terms(word):
                forms.setdefault(term, word)
    vocabulary = sorted(forms)
    vectors = np.zeros((len(vocabulary), embedder.dimension), np.float32)
    for start in range(0, len(vocabulary), _BATCH):
        part = vocabulary[start : start + _BATCH]
        vectors[start : start + len(part)] = embedder.embed_queries([forms[term] for term in part])
        progress(start + len(part), len(vocabulary))
    centred = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:DIMENSION]
    return vocabulary, np.asarray(centred @ directions.T, np.float32)


class MatchModel(nn.Module):
    """The vectors, and what else is learned. ``rarity``: the weight of each word before anything is learned."""

    def __init__(self, vectors: NDArray[np.float32], rarity: NDArray[np.float32]) -> None:
        super().__init__()
        self.vectors = nn.Parameter(normalize(torch.tensor(vectors), dim=1))
        self.log_weights = nn.Parameter(torch.zeros(len(vectors)))
        self.above = nn.Parameter(torch.tensor(0.7))
        self.sharpness = nn.Parameter(torch.tensor(_SHARPNESS))
        self.rarity = torch.tensor(rarity)

    def forward(self, page: IndexedPage) -> Tensor:
        """Returns the scores, (questions, sentences), as ``retrieval.passages.word_vectors.matched`` computes them."""
        near = (normalize(self.vectors[page.asked], dim=1) @ normalize(self.vectors[page.words], dim=1).T).clamp(min=0)
        own, above, title = (_best(near, columns) for columns in (page.own, page.above, page.title))
        weights = self.rarity[page.asked] * torch.exp(self.log_weights[page.asked]) * (1 - TITLE_SHARE * title[:, 0])
        best = torch.maximum(own, self.above * above) * weights[:, None]
        none = torch.zeros(1, best.shape[1])
        sums = torch.cat([best, none])[page.questions].sum(dim=1)
        totals = torch.cat([weights, torch.zeros(1)])[page.questions].sum(dim=1)
        return sums / (totals + UNMATCHED)[:, None]


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """A page as numbers. ``asked`` and ``words``: rows of vectors. ``own``, ``above`` and ``title``: columns of ``words`` for
    each sentence, padded with -1. ``questions``: places in ``asked``, padded with the number after the last. ``right``:
    (questions, sentences).
    """

    asked: Tensor
    words: Tensor
    own: Tensor
    above: Tensor
    title: Tensor
    questions: Tensor
    right: Tensor


def _best(near: Tensor, columns: Tensor) -> Tensor:
    return near[:, columns.clamp(min=0)].masked_fill(columns < 0, 0.0).max(dim=2).values


def indexed(page: PageExample, rows: dict[str, int]) -> IndexedPage:
    """Returns ``page`` as numbers, without the words that are not in ``rows``."""
    of_page = dict.fromkeys((*(word for one in page.sentences for word in (*one.own, *one.above)), *page.title))
    vocabulary = [word for word in of_page if word in rows]
    asked = [word for word in dict.fromkeys(word for one, _ in page.asked for word in one) if word in rows]
    columns = {word: column for column, word in enumerate(vocabulary)}
    places = {word: place for place, word in enumerate(asked)}
    right = torch.zeros(len(page.asked), len(page.sentences), dtype=torch.bool)
    for number, (_, numbers) in enumerate(page.asked):
        right[number, list(numbers)] = True
    return IndexedPage(
        torch.tensor([rows[word] for word in asked], dtype=torch.long),
        torch.tensor([rows[word] for word in vocabulary], dtype=torch.long),
        _padded([one.own for one in page.sentences], columns, -1),
        _padded([one.above for one in page.sentences], columns, -1),
        _padded([page.title], columns, -1),
        _padded([one for one, _ in page.asked], places, len(asked)),
        right,
    )


def _padded(texts: Sequence[Collection[str]], numbers: dict[str, int], filling: int) -> Tensor:
    """Returns, (texts, words of the longest), the ``numbers`` of the words of each text, and ``filling`` behind them."""
    lines = [[numbers[word] for word in text if word in numbers] for text in texts]
    found = torch.full((len(lines), max(1, *map(len, lines))), filling)
    for number, line in enumerate(lines):
        found[number, : len(line)] = torch.tensor(line, dtype=found.dtype)
    return found


def train(
    pages: Sequence[PageExample],
    vocabulary: Sequence[str],
    vectors: NDArray[np.float32],
    rarity: Callable[[str], float],
    progress: Progress,
    epochs: int = EPOCHS,
) -> WordVectors:
    """Returns the vectors of ``vocabulary`` that make right sentences likeliest among those of their page."""
    torch.manual_seed(_SEED)
    rows = {word: row for row, word in enumerate(vocabulary)}
    model = MatchModel(vectors, np.asarray([rarity(word) for word in vocabulary], np.float32))
    scalars = [model.above, model.sharpness]
    groups = [{"params": [model.vectors, model.log_weights], "lr": _RATE}, {"params": scalars, "lr": _FASTER}]
    optimiser = torch.optim.Adam(groups)
    numbered = [indexed(page, rows) for page in pages]
    chance = np.random.default_rng(_SEED)
    order = [int(number) for _ in range(epochs) for number in chance.permutation(len(numbered))]
    for step, members in groupby(enumerate(order), key=lambda one: one[0] // _PAGES_A_STEP):
        optimiser.zero_grad()
        for _, number in members:
            page = numbered[number]
            torch.autograd.backward(_loss(model(page) * model.sharpness, page.right))
        optimiser.step()
        progress(min((step + 1) * _PAGES_A_STEP, len(order)), len(order))
    with torch.no_grad():
        learned = normalize(model.vectors, dim=1).numpy()
        return WordVectors(rows, learned, torch.exp(model.log_weights).numpy(), float(model.above))


def _loss(scores: Tensor, right: Tensor) -> Tensor:
    """Returns minus the logarithm of the right sentences' share, summed over questions."""
    among_right = scores.masked_fill(~right, -torch.inf)
    return (torch.logsumexp(scores, dim=1) - torch.logsumexp(among_right, dim=1)).sum() / 16
