"""Peaks are measured once for a model, and again where what was kept cannot be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import peaks as module
from retrieval.embedding.peaks import Peaks, peaks_of

FOUND = {"encoder.layer.0.attention": np.array([1, 2.5], np.float32)}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose model was measured."""
    asked: list[Path] = []

    def measure(folder: Path) -> Peaks:
        asked.append(folder)
        return FOUND

    monkeypatch.setattr(module, "_measured", measure)
    return asked


def _same(found: Peaks) -> bool:
    return found.keys() == FOUND.keys() and all(np.array_equal(found[name], FOUND[name]) for name in FOUND)


def test_what_was_measured_is_kept(tmp_path: Path, measured: list[Path]) -> None:
    assert _same(peaks_of(tmp_path))
    assert _same(peaks_of(tmp_path))
    assert measured == [tmp_path]
    assert [path.name for path in tmp_path.iterdir()] == ["peaks.npz"]


@pytest.mark.parametrize("left", [b"", b"PK\x03\x04 cut short", b"no archive at all"])
def test_what_cannot_be_read_is_measured_again(tmp_path: Path, measured: list[Path], left: bytes) -> None:
    (tmp_path / "peaks.npz").write_bytes(left)
    assert _same(peaks_of(tmp_path))
    assert _same(peaks_of(tmp_path))
    assert measured == [tmp_path]


def test_a_folder_that_may_not_be_written_to_is_measured_each_time(tmp_path: Path, measured: list[Path]) -> None:
    nowhere = tmp_path / "nowhere"  # root writes wherever there is a folder
    assert _same(peaks_of(nowhere))
    assert _same(peaks_of(nowhere))
    assert measured == [nowhere, nowhere]


def test_texts_are_measured_on_that_no_set_measures_with() -> None:
    texts = module._TEXTS.read_text(encoding="utf-8").splitlines()
    assert len(texts) > 100
    assert all(text.strip() for text in texts)
    root = Path(__file__).parents[2] / "evaluation" / "questions"
    asked = "\n".join(file.read_text(encoding="utf-8") for file in root.glob("*.jsonl"))
    assert not [text for text in texts if len(text) > 20 and text in asked]
