"""Low-rank changes to the weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding.low_rank import AdapterUnreadable, merge_adapter, write_adapter

RANDOM = np.random.default_rng(5)
STATE = {"a.weight": np.ones((6, 4), np.float32), "a.bias": np.ones(6, np.float32), "b.weight": np.zeros((4, 6), np.float32)}


def matrix(rows: int, columns: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return RANDOM.normal(size=(rows, columns)).astype(np.float16).astype(np.float32)


def test_the_product_is_added_to_its_matrix_and_nothing_else_changes(tmp_path: Path) -> None:
    up, down = matrix(6, 2), matrix(2, 4)
    write_adapter(tmp_path / "new" / "adapter", {"a": (up, down)}, {"recipe": "{}"})
    merged = merge_adapter(STATE, tmp_path / "new" / "adapter")
    assert merged["a.weight"] == pytest.approx(1 + up @ down, abs=1e-5)
    assert merged["a.bias"] is STATE["a.bias"]
    assert merged["b.weight"] is STATE["b.weight"]
    assert (STATE["a.weight"] == 1).all()


@pytest.mark.parametrize("name", ["b", "c"])
def test_an_adapter_of_another_model_is_refused(tmp_path: Path, name: str) -> None:
    write_adapter(tmp_path / "adapter", {name: (matrix(6, 2), matrix(2, 4))}, {})
    with pytest.raises(AdapterUnreadable, match=f"other weights than these \\({name}\\)"):
        merge_adapter(STATE, tmp_path / "adapter")


def test_a_damaged_adapter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "adapter"
    write_adapter(path, {"a": (matrix(6, 2), matrix(2, 4))}, {})
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(AdapterUnreadable, match="restore it"):
        merge_adapter(STATE, path)
