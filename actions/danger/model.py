"""Whether a message that looks like a danger by its letters and words is one by its meaning.

The classifier of the dialogue knows letters, words and word vectors: to it, "où jeter mes médicaments" looked like "où dormir
cette nuit". A support vector machine over the retrieval encoder's vectors sees them apart. It is asked only where the
classifier says danger and no pattern of ``core.care`` does: the numbers never wait for it, and never depend on it alone. What
it brought is in docs/care.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Embedder, Vectors
from retrieval.dense.vectors import model_id
from retrieval.embedding.eight_bits import in_eight_bits

COMMITTED = Path(__file__).with_name("danger.npz")
# Of the margin; chosen on tests/evaluation/care and nlu, none of which is trained on: of 150 dangers there that no pattern sees
# -.3 and -.2 lose five, -.15 nine; of 93 everyday statements that taught nothing 11, 8 and 6 are confirmed (docs/care.md).
LEAST = -0.2
# The same for a sentence of a long message that a pattern takes for a danger. Patterns are wrong less often than the
# classifier: only what is far from any danger is taken back (docs/care.md).
LEAST_OF_ALARM = -0.7


@dataclass(frozen=True, slots=True)
class SecondLook:
    """``vectors`` (n, dimension) of unit length and their ``weights`` (n,): a radial basis function of width ``gamma``."""

    encoder: str
    vectors: Vectors
    weights: NDArray[np.float32]
    intercept: float
    gamma: float

    def margins(self, messages: Vectors) -> NDArray[np.float32]:
        """Of each row of ``messages`` (k, dimension), unit length: positive for a danger."""
        distances = 2.0 - 2.0 * (messages @ self.vectors.T)
        return np.asarray(np.exp(-self.gamma * distances) @ self.weights + self.intercept, dtype=np.float32)

    def confirms(self, text: str, embed: Callable[[str], Vectors]) -> bool:
        """Whether ``text`` is about a danger, as far as its meaning tells; ``embed`` gives the vector of a query."""
        return bool(self.margins(embed(as_learnt(text))[None, :])[0] >= LEAST)

    def confirms_alarm(self, sentences: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> bool:
        """Decides whether one of ``sentences``, in which a pattern saw a danger, may be about one.

        ``embed`` gives vectors (n, dimension) of unit length.
        """
        return bool(self.margins(embed([as_learnt(sentence) for sentence in sentences])).max() >= LEAST_OF_ALARM)

    def save(self, path: Path) -> None:
        """Eight bits are enough for vectors of unit length: no margin moved by more than .009, and the file is half."""
        whole, steps = in_eight_bits(self.vectors.T)
        np.savez_compressed(
            path,
            encoder=np.array(self.encoder),
            vectors=whole.T,
            steps=steps,
            weights=self.weights.astype(np.float32),
            numbers=np.array([self.intercept, self.gamma]),
        )


def as_learnt(text: str) -> str:
    """Capitals say nothing here: SMS are written without, and whoever is afraid may write all in them."""
    return text.lower()


def read(embedder: Embedder, path: Path = COMMITTED) -> SecondLook | None:
    """The model at ``path`` if it was fitted on this encoder, else ``None``: then the classifier's word stands.

    Raises ``ValueError`` or ``OSError`` where the file is none of ours.
    """
    with np.load(path, allow_pickle=False) as content:
        if str(content["encoder"]) != model_id(embedder):
            return None
        intercept, gamma = (float(number) for number in content["numbers"])
        vectors = content["vectors"].astype(np.float32) * content["steps"][:, None]
        return SecondLook(str(content["encoder"]), vectors, content["weights"], intercept, gamma)


def confirmer(model: SecondLook, embedder: Embedder, embed: Callable[[str], Vectors] | None = None) -> Callable[[str], bool]:
    """Returns what decides by ``model`` whether a text is about a danger.

    ``embed``: how a turn embeds a query by ``embedder``, if it remembers any.
    """
    return partial(model.confirms, embed=embed or (lambda text: embedder.embed_queries([text])[0]))
