"""The quality of rankings, compared with known answers."""

from collections.abc import Collection, Sequence

import numpy as np

CUTOFFS = (1, 3, 5, 10)


def first_right(found: Sequence[str], gold: Collection[str]) -> int | None:
    """Returns the rank (from 1) of the first entry of ``found`` that is in ``gold``."""
    return next((rank for rank, entry in enumerate(found, start=1) if entry in gold), None)


def recall_and_mrr(ranks: Sequence[int | None]) -> dict[str, float]:
    """Returns ``recall@k`` (share of questions with a right entry among the first k) and ``mrr@10``; all 0 without
    questions.
    """
    count = max(len(ranks), 1)
    figures = {f"recall@{k}": sum(rank is not None and rank <= k for rank in ranks) / count for k in CUTOFFS}
    figures["mrr@10"] = sum(1.0 / rank for rank in ranks if rank is not None and rank <= 10) / count
    return {name: round(value, 4) for name, value in figures.items()}


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """Returns ``p50_ms`` and ``p95_ms``; 0 without measurements."""
    if not milliseconds:
        return {"p50_ms": 0.0, "p95_ms": 0.0}
    p50, p95 = np.percentile(np.asarray(milliseconds), [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}
