"""Fine-tunes the embedded model on pairs made from the knowledge base, with low-rank layers and in-batch negatives."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import structlog
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from core.entry import Entry
from tools.training.adapter import Training
from tools.training.layers import LowRankLinear, add_low_rank
from tools.training.pairs import Pair, Pairs

log = structlog.get_logger(__name__)
THREADS = 2
CHUNK = 16  # texts
PAD = 1  # the padding token of the vocabulary
LossOf = Callable[[Tensor, Tensor], Tensor]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Recipe:
    """The parameters of an adapter's training; they are part of its name."""

    seed: int = 4
    steps: int = 130
    batch: int = 64
    together: int = 4  # neighbouring entries in a batch: hard negatives
    rank: int = 32
    rate: float = 1e-3
    warmup: int = 20
    horizon: int = 240  # the rate falls along a cosine that would end here, and over the last ``settling`` steps to nothing
    settling: int = 30
    temperature: float = 0.02
    remembered: int = 1024  # passages of earlier batches that serve as further negatives
    kept: float = 0.5  # share of the learned change that is added to the weights: halfway between the two models
    query_tokens: int = 48
    passage_tokens: int = 64


class Encoder:
    """The model under training.

    Texts are processed in small chunks of similar length by two threads. Torch's own threads wait for each other after every
    matrix, which is slow on a busy machine.
    """

    def __init__(self, folder: Path, rank: int) -> None:
        torch.set_num_threads(1)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.model: nn.Module = AutoModel.from_pretrained(folder, dtype=torch.bfloat16)
        self.layers: dict[str, LowRankLinear] = add_low_rank(self.model, rank)
        self.parameters = [parameter for layer in self.layers.values() for parameter in (layer.down, layer.up)]
        self.model.eval()  # no dropout: pairs are noisy enough
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="train")

    def embed(self, texts: Sequence[str], tokens: int) -> Tensor:
        """Returns unit vectors, (n, dimension), without gradients."""
        with torch.no_grad():
            order, parts = self._parts(self._cut(texts, tokens))
            return torch.cat([part.detach() for part in parts])[torch.argsort(order)]

    def learn(self, queries: Sequence[str], passages: Sequence[str], tokens: tuple[int, int], loss_of: LossOf) -> float:
        """Computes ``loss_of(query vectors, passage vectors)``, leaves its gradients in the parameters, and returns it.

        ``tokens``: the most tokens of a query, and of a passage.
        """
        ids = self._cut(queries, tokens[0]) + self._cut(passages, tokens[1])
        order, parts = self._parts(ids)
        vectors = torch.cat([part.detach() for part in parts])[torch.argsort(order)].requires_grad_()
        loss = loss_of(vectors[: len(queries)], vectors[len(queries) :])
        (towards,) = torch.autograd.grad(loss, vectors)
        pieces = torch.split(towards[order], [len(part) for part in parts])
        found = list(
            self._pool.map(lambda pair: torch.autograd.grad(pair[0], self.parameters, pair[1]), zip(parts, pieces, strict=True))
        )
        for number, parameter in enumerate(self.parameters):
            parameter.grad = torch.stack([gradients[number] for gradients in found]).sum(0)
        return float(loss.item())

    def _cut(self, texts: Sequence[str], tokens: int) -> list[list[int]]:
        encoded = [found.ids for found in self.tokenizer.encode_batch(list(texts))]
        return [numbers if len(numbers) <= tokens else [*numbers[: tokens - 1], numbers[-1]] for numbers in encoded]

    def _parts(self, ids: list[list[int]]) -> tuple[Tensor, list[Tensor]]:
        """Returns the numbers of the texts, longest first, and their vectors in that order, chunk by chunk."""
        order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        chunks = [[ids[at] for at in order[start : start + CHUNK]] for start in range(0, len(order), CHUNK)]
        grad = torch.is_grad_enabled()  # this state is per thread
        return torch.tensor(order), list(self._pool.map(lambda chunk: self._forward(chunk, grad), chunks))

    def _forward(self, ids: list[list[int]], grad: bool) -> Tensor:
        longest = max(len(numbers) for numbers in ids)
        inputs = torch.tensor([numbers + [PAD] * (longest - len(numbers)) for numbers in ids])
        mask = torch.tensor([[1] * len(numbers) + [0] * (longest - len(numbers)) for numbers in ids])
        with torch.set_grad_enabled(grad):
            states = self.model(input_ids=inputs, attention_mask=mask).last_hidden_state.float()
            weights = mask[..., None].float()
            return nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)


def train(entries: Sequence[Entry], base: Path, output: Path, work: Path, recipe: Recipe, progress: Progress) -> None:
    """Trains on ``entries`` from the converted model in ``base``, and writes the adapter to ``output``.

    The state is stored in ``work`` every few steps: an interrupted training continues where it stopped. Equal entries, base and
    recipe give an equal adapter, except for rounding by the processor.
    """
    torch.manual_seed(recipe.seed)
    ordered = sorted(entries, key=lambda entry: (entry.collection, entry.id))
    pairs = Pairs(ordered)
    encoder = Encoder(base, recipe.rank)
    near = _neighbours(encoder, pairs, work)
    memory: deque[tuple[Tensor, Tensor]] = deque(maxlen=recipe.remembered // recipe.batch)
    training = Training(work / "encoder.pt", encoder, recipe, base, ordered)
    first, kept = training.resume()
    memory.extend(kept or ())
    for step in range(first, recipe.steps):
        chance = random.Random(f"{recipe.seed} {step}")  # noqa: S311 - reproducible, no secret
        batch = [pairs.draw(place, chance) for place in _places(near, pairs, recipe, chance)]
        loss = encoder.learn(
            [f"query: {pair.query}" for pair in batch],
            [f"passage: {pair.passage}" for pair in batch],
            (recipe.query_tokens, recipe.passage_tokens),
            partial(_loss, batch=batch, pairs=pairs, memory=memory, recipe=recipe),
        )
        training.descend(step, _schedule(step, recipe), list(memory))
        log.info("encoder_training", step=step + 1, loss=round(loss, 3))
        progress(step + 1, recipe.steps)
    training.end(output, entries=str(len(ordered)))


def _loss(
    queries: Tensor, passages: Tensor, batch: list[Pair], pairs: Pairs, memory: deque[tuple[Tensor, Tensor]], recipe: Recipe
) -> Tensor:
    """Returns the cross-entropy of each query among all passages, and of each passage among the batch's queries."""
    places = torch.tensor([pair.entry for pair in batch])
    older = list(memory)
    candidates = torch.cat([passages, *[vectors for vectors, _ in older]])
    owners = torch.cat([places, *[numbers for _, numbers in older]])
    logits = queries @ candidates.T / recipe.temperature
    forbidden = torch.tensor(
        [[int(owner) == pair.entry or int(owner) in pairs.neighbours[pair.entry] for owner in owners] for pair in batch]
    )
    forbidden[torch.arange(len(batch)), torch.arange(len(batch))] = False
    logits = logits.masked_fill(forbidden, float("-inf"))
    targets = torch.arange(len(batch))
    memory.append((passages.detach(), places))
    back = logits[:, : len(batch)].T
    return nn.functional.cross_entropy(logits, targets) + 0.5 * nn.functional.cross_entropy(back, targets)


def _schedule(step: int, recipe: Recipe) -> float:
    """Returns the share of ``recipe.rate`` at ``step``."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    cosine = 0.05 + 0.475 * (1 + math.cos(math.pi * (step - recipe.warmup) / (recipe.horizon - recipe.warmup)))
    return cosine * min(1.0, (recipe.steps - step) / recipe.settling)


def _places(near: NDArray[np.int32], pairs: Pairs, recipe: Recipe, chance: random.Random) -> list[int]:
    """Returns the entries of one batch: groups of neighbours that are not related to each other."""
    chosen: list[int] = []
    while len(chosen) < recipe.batch:
        seed = chance.randrange(len(near))
        if seed in chosen:
            continue
        around = [int(place) for place in near[seed] if int(place) not in pairs.neighbours[seed] and int(place) not in chosen]
        chosen += [seed, *chance.sample(around, min(recipe.together - 1, len(around)))]
    return chosen[: recipe.batch]


def _neighbours(encoder: Encoder, pairs: Pairs, work: Path) -> NDArray[np.int32]:
    """Returns, for each entry, the places of the 20 entries with the nearest titles, before any training."""
    vectors = encoder.embed([f"passage: {own.title}" for own in pairs.material], 32).numpy()
    found = np.empty((len(vectors), min(20, len(vectors) - 1)), np.int32)
    for place, vector in enumerate(vectors):
        scores = vectors @ vector
        scores[place] = -1
        found[place] = np.argsort(-scores, kind="stable")[: found.shape[1]]
    return found
