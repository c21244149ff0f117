"""Invariant: no citizen-facing sentence stands in the actions; words come from ``domain.yml`` and entries."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "actions"
_SPEAKING = ("handlers", "policy", "replies", "server", "session")  # the other folders only read
_READ_PAGES = ("dated_amounts.py", "pieces.py", "piece_sets.py", "side_by_side.py")  # by words of theirs
FILES = sorted(path for folder in _SPEAKING for path in (FOLDER / folder).rglob("*.py") if path.name not in _READ_PAGES)
_INTERNAL = {"log", "problem", "HTTPException", "Counter", "Gauge", "Histogram"}
SENTENCE = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}\s+[^\W\d_]{2,}|[àâçéèêëîïôûùœ]", re.IGNORECASE)


def literals(tree: ast.AST) -> Iterator[str]:
    """String literals that could reach a citizen: no docstrings, messages of exceptions, logs, internal errors, or figures."""
    internal = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in _INTERNAL)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in internal:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_sentence_in_an_action(path: Path) -> None:
    assert [text for text in literals(ast.parse(path.read_text(encoding="utf-8"))) if SENTENCE.search(text)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_utterances_are_responses(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("utter_message"):
            assert not node.args
            assert "text" not in {keyword.arg for keyword in node.keywords}


def test_the_detector_sees_sentences() -> None:
    found = list(literals(ast.parse('x = "Bonjour à vous"\nraise ValueError("not for citizens to read")')))
    assert found == ["Bonjour à vous"]
    assert SENTENCE.search(found[0])
