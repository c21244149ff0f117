"""Rows of an evaluation, for tests."""

from __future__ import annotations

from typing import Any

from retrieval.evaluation.rows import Found, Row


def row(number: int, rank: int | None, confidence: float = 0.5, **more: Any) -> Row:
    """Question ``number``, whose right entry has this ``rank`` among ten (``None``: it is not found)."""
    found = tuple(Found(id="right" if place == rank else f"F{place}", title=f"Fiche {place}") for place in range(1, 11))
    values = {"id": str(number), "question": f"question {number} ?", "gold": ("right",), "found": found, "ms": 10.0}
    return Row.model_validate({**values, "confidence": confidence, "decision": "answered", **more})
