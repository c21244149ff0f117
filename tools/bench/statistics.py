"""Percentiles of measured times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(milliseconds: Sequence[float], name: str) -> dict[str, float]:
    """Returns ``{name.p50_ms, name.p95_ms, name.p99_ms}`` of ``milliseconds`` (at least one), linearly interpolated."""
    values = np.percentile(np.asarray(milliseconds, dtype=np.float64), [50, 95, 99])
    return {f"{name}.p{rank}_ms": round(float(value), 1) for rank, value in zip((50, 95, 99), values, strict=True)}
