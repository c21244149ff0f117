"""Fits the scope model on the project's own messages, never on a held-out set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from core.yaml_text import load as load_yaml
from retrieval.contracts import Embedder, Scope, Vectors, model_id
from retrieval.decision.scope import CLASSES, LEAST, ScopeModel, features
from retrieval.query.query import analyse
from retrieval.query.synonyms import built_in
from retrieval.snapshots.snapshot import Snapshot

_HERE = Path(__file__).parent
_DIGITS = 4
# The total weight of enquiries, as a multiple of the other messages, however many there are. With a weight of one each, more
# enquiries (4,082 instead of 1,810) reduced the share of out-of-scope messages noticed from .56 to .45.
_ENQUIRIES = 5.0


def outside() -> list[str]:
    """Returns messages that are no matter for an administration."""
    kinds: dict[str, list[str]] = load_yaml((_HERE / "outside.yml").read_text(encoding="utf-8"))
    return [text for texts in kinds.values() for text in texts]


def fragments() -> list[str]:
    """Returns messages without a clear subject."""
    found: list[str] = load_yaml((_HERE / "fragments.yml").read_text(encoding="utf-8"))
    return found


def fit(enquiries: Sequence[str], snapshot: Snapshot, embedder: Embedder) -> ScopeModel:
    """Returns the model that separates ``enquiries`` from ``outside()`` and ``fragments()``, with figures of held-out
    predictions.

    Raises ``ValueError`` with too few enquiries.
    """
    if len(enquiries) < len(outside()):
        raise ValueError(f"{len(enquiries)} questions are too few: {len(outside())} messages that are none stand against them.")
    texts: dict[Scope, Sequence[str]] = {"enquiry": enquiries, "fragment": fragments(), "outside": outside()}
    inputs = np.stack([_values(text, snapshot, embedder) for name in CLASSES for text in texts[name]])
    classes = np.repeat(np.arange(len(CLASSES)), [len(texts[name]) for name in CLASSES])
    weight = _ENQUIRIES * len(texts["outside"]) / len(enquiries)
    model = LogisticRegression(C=1.0, max_iter=2000, class_weight={CLASSES.index("enquiry"): weight})
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, inputs, classes, cv=folds, method="predict_proba")
    model.fit(inputs, classes)
    return ScopeModel(
        encoder=model_id(embedder),
        coefficients=np.round(model.coef_, _DIGITS).tolist(),
        intercepts=np.round(model.intercept_, _DIGITS).tolist(),
        figures=_figures(held_out, classes),
    )


def _values(text: str, snapshot: Snapshot, embedder: Embedder) -> Vectors:
    query = analyse(text, snapshot.vocabulary, built_in())
    return features(query, embedder.embed_queries([query.text])[0], snapshot.lexical.rarity)


def _figures(held_out: NDArray[np.float64], classes: NDArray[np.int64]) -> dict[str, float]:
    """Returns, for each class but the enquiries, the share that is noticed, and the share of the enquiries mistaken for it."""
    figures = {"messages": float(len(classes))}
    for name, least in LEAST.items():
        number = [str(one) for one in CLASSES].index(name)
        taken = held_out[:, number] >= least
        figures[f"{name} noticed"] = round(float(taken[classes == number].mean()), _DIGITS)
        figures[f"enquiries taken for {name}"] = round(float(taken[classes == 0].mean()), _DIGITS)
    return figures
