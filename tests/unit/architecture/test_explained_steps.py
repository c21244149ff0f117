"""Every step that a decision notes has words for editors: without them the explanation of a reply would fail."""

from __future__ import annotations

import re

from core.settings import ROOT

_NOTED = re.compile(r"\bnote\(([^,)]*)")
_NAME = re.compile(r"\"([a-z_]+)\"")


def test_noted_steps_have_words() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "actions").rglob("*.py")]
    noted = {name for text in texts for found in _NOTED.findall(text) for name in _NAME.findall(found)}
    words = (ROOT / "knowledge_base" / "desk" / "publishing" / "words.yml").read_text(encoding="utf-8")
    assert len(noted) > 10
    assert {name for name in noted if not re.search(rf"^step_{name}", words, re.MULTILINE)} == set()
