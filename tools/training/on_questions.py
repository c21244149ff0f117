"""Continues the training of the embedded model, on possible questions of citizens and the parts of pages that answer them.

Each question of a batch is compared with the parts of its own page (which part answers?), and its answer with the parts of the
other pages (which page?). Pairs made from any pages are added, so that earlier training is not lost.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from torch import Tensor, nn

from core.entry import Entry, passages
from retrieval.evaluation.questions import Question
from retrieval.index.embedded_texts import head, sections
from tools.training.adapter import Training
from tools.training.encoder import Encoder, Progress
from tools.training.pairs import Pair, Pairs

log = structlog.get_logger(__name__)
_NEVER = float("-inf")


@dataclass(frozen=True)
class Recipe:
    """The parameters of the second adapter's training; they are part of its name."""

    seed: int = 9  # seed of the batches
    start: int = 4  # seed of the layers' initial values
    steps: int = 300
    pages: int = 16  # pages in a batch
    asked: int = 6  # questions of a page in a batch, at most
    made: int = 24  # added pairs made from any pages
    made_weight: float = 0.5
    rank: int = 32
    rate: float = 1e-3
    warmup: int = 10
    least: float = 0.02  # share of the rate at the end of its cosine
    temperature: float = 0.02
    kept: float = 0.75  # share of the learned change that is added to the weights (ADR 0044)
    query_tokens: int = 48
    passage_tokens: int = 64


@dataclass(frozen=True)
class Batch:
    """Texts and the places of their pages. ``right``: (questions, parts), which part answers which question."""

    queries: list[str]
    passages: list[str]
    query_owners: list[int]
    passage_owners: list[int]
    right: Tensor

    def beside(self, made: Sequence[Pair]) -> Batch:
        """Returns the batch with the pairs ``made`` appended."""
        return Batch(
            [*self.queries, *(pair.query for pair in made)],
            [*self.passages, *(pair.passage for pair in made)],
            [*self.query_owners, *(pair.entry for pair in made)],
            [*self.passage_owners, *(pair.entry for pair in made)],
            self.right,
        )


class Pages:
    """The parts of the pages of ``asked``, as the index embeds them, and the questions on each."""

    def __init__(self, asked: Sequence[Question], entries: Sequence[Entry]) -> None:
        self.places = {entry.id: place for place, entry in enumerate(entries)}
        self.asked: dict[str, list[Question]] = defaultdict(list)
        for question in asked:
            if question.entry in self.places:
                self.asked[question.entry].append(question)
        self.parts = {name: _parts(entries[self.places[name]]) for name in self.asked}

    def order(self, chance: random.Random) -> list[str]:
        names = sorted(self.asked)
        chance.shuffle(names)
        return names

    def batch(self, chosen: Sequence[str], most: int, chance: random.Random) -> Batch:
        """Returns up to ``most`` questions on each of the ``chosen`` pages, and all parts of these."""
        queries: list[str] = []
        texts: list[str] = []
        query_owners: list[int] = []
        passage_owners: list[int] = []
        right: list[list[int]] = []
        for name in chosen:
            start, place, parts = len(texts), self.places[name], self.parts[name]
            texts += parts.values()
            passage_owners += [place] * len(parts)
            for question in chance.sample(self.asked[name], min(most, len(self.asked[name]))):
                answers = [start + at for at, path in enumerate(parts) if path in (question.headings, *question.also)]
                if answers:
                    queries.append(question.question)
                    query_owners.append(place)
                    right.append(answers)
        marks = torch.zeros(len(queries), len(texts), dtype=torch.bool)
        for row, answers in zip(marks, right, strict=True):
            row[answers] = True
        return Batch(queries, texts, query_owners, passage_owners, marks)


class Loss:
    """The loss of one batch; ``parts`` are its components: the right part, the right page, the made pairs."""

    def __init__(self, batch: Batch, pairs: Pairs, recipe: Recipe) -> None:
        self._right, self._recipe = batch.right, recipe
        owners, others = torch.tensor(batch.query_owners), torch.tensor(batch.passage_owners)
        self._same = owners[:, None] == others[None]
        linked = [[other in pairs.neighbours[own] for other in batch.passage_owners] for own in batch.query_owners]
        self._forbidden = self._same | torch.tensor(linked)
        self.parts: tuple[float, ...] = ()

    def __call__(self, queries: Tensor, texts: Tensor) -> Tensor:
        asked, parts = self._right.shape
        logits = queries @ texts.T / self._recipe.temperature
        within = logits[:asked, :parts].masked_fill(~self._same[:asked, :parts], _NEVER)
        part = _unlikeliness(within, self._right)
        answers = torch.zeros_like(self._forbidden[:asked])
        answers[:, :parts] = self._right
        page = _unlikeliness(logits[:asked].masked_fill(self._forbidden[:asked] & ~answers, _NEVER), answers)
        targets = torch.arange(logits.shape[1] - parts) + parts
        held = self._forbidden[asked:].clone()
        held[torch.arange(len(targets)), targets] = False
        made = nn.functional.cross_entropy(logits[asked:].masked_fill(held, _NEVER), targets)
        self.parts = tuple(round(float(one.detach()), 3) for one in (part, page, made))
        return part + page + self._recipe.made_weight * made


def train(
    asked: Sequence[Question],
    entries: Sequence[Entry],
    base: Path,
    output: Path,
    work: Path,
    recipe: Recipe,
    progress: Progress,
) -> None:
    """Trains from the converted model in ``base`` on ``asked``, and writes the adapter, to be added to it, to ``output``.

    The state is stored in ``work`` every few steps. Equal questions, entries, base and recipe give an equal adapter, except for
    rounding by the processor.
    """
    torch.manual_seed(recipe.start)
    ordered = sorted(entries, key=lambda entry: (entry.collection, entry.id))
    pairs, pages = Pairs(ordered), Pages(asked, ordered)
    encoder = Encoder(base, recipe.rank)
    written = [question.model_dump_json() for question in asked]
    training = Training(work / "encoder-questions.pt", encoder, recipe, base, ordered, written)
    first, waiting = training.resume()
    waiting = list(waiting or ())
    for step in range(first, recipe.steps):
        chance = random.Random(f"{recipe.seed} {step}")  # noqa: S311 - reproducible, no secret
        while len(waiting) < recipe.pages:
            waiting += pages.order(chance)
        chosen, waiting = waiting[: recipe.pages], waiting[recipe.pages :]
        batch = pages.batch(chosen, recipe.asked, chance)
        batch = batch.beside([pairs.draw(chance.randrange(len(ordered)), chance) for _ in range(recipe.made)])
        loss = Loss(batch, pairs, recipe)
        encoder.learn(
            [f"query: {text}" for text in batch.queries],
            [f"passage: {text}" for text in batch.passages],
            (recipe.query_tokens, recipe.passage_tokens),
            loss,
        )
        training.descend(step, _schedule(step, recipe), waiting)
        log.info("encoder_training", step=step + 1, part=loss.parts[0], page=loss.parts[1], made=loss.parts[2])
        progress(step + 1, recipe.steps)
    training.end(output, questions=str(len(asked)))


def _parts(entry: Entry) -> dict[tuple[str, ...], str]:
    """Returns the embedded text of each part, by its headings; the introduction is the head."""
    found = passages(entry)
    return {(): head(entry).text, **{found[text.passage].headings: text.text for text in sections(entry)}}


def _unlikeliness(logits: Tensor, right: Tensor) -> Tensor:
    """Returns minus the logarithm of the share of each row's right ones, on average; several may be right."""
    return (torch.logsumexp(logits, 1) - torch.logsumexp(logits.masked_fill(~right, _NEVER), 1)).mean()


def _schedule(step: int, recipe: Recipe) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return min(1.0, (step + 1) / recipe.warmup) * max(recipe.least, cosine)
