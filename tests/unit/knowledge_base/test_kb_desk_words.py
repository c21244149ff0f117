"""Every sign that the confidence is made of has a name at the desk."""

from __future__ import annotations

from pathlib import Path

from desk.words import read
from knowledge_base.desk import publishing
from retrieval.decision.confidence import FEATURES


def test_each_sign_of_the_confidence_is_named() -> None:
    words = read(Path(publishing.__file__).parent / "words.yml")
    assert {f"feature_{name}" for name in FEATURES} <= set(words)
