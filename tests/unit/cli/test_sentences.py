"""The commands' sentences: each in both languages, with the values that the code gives, and none left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from cli.language import sentence, sentences
from core.audit.chain import Break
from core.settings import ROOT

_PLACE = {"sentence": 0, "_unusable": 1, "ok": 1, "warning": 1, "problem": 1, "finding": 2}  # of the name, by function
_GIVEN = {"_unusable": {"instead"}}


def _code() -> Iterator[ast.AST]:
    for file in (ROOT / "cli").rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Yields each call with the name of a sentence that it may show."""
    for node in _code():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > _PLACE.get(node.func.id, 9):
            name = node.args[_PLACE[node.func.id]]
            for one in [name.body, name.orelse] if isinstance(name, ast.IfExp) else [name]:
                if isinstance(one, ast.Constant):
                    yield str(one.value), node


def _values(text: str) -> set[str]:
    return {re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_both_languages_take_the_same_values() -> None:
    assert {name for name, (fr, en) in sentences().items() if _values(fr) != _values(en) or not fr or not en} == set()


def test_every_call_names_a_sentence_and_gives_its_values() -> None:
    found = list(_calls())
    assert len(found) > 150
    for name, call in found:
        assert name in sentences(), name
        assert isinstance(call.func, ast.Name)
        given = {keyword.arg for keyword in call.keywords} | _GIVEN.get(call.func.id, set())
        wanted = {value for key in (name, f"{name}_advice") if key in sentences() for value in _values(sentences()[key][0])}
        assert None in given or wanted <= given, name


def test_no_sentence_is_left_over() -> None:
    texts = {str(node.value) for node in _code() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    begun = tuple(text for text in texts if text.endswith("_") and len(text) > 1)  # of a name that goes on with a value
    advised = {f"{text}_advice" for text in texts}
    assert {name for name in sentences() if name not in texts | advised and not name.startswith(begun)} == set()


@pytest.mark.parametrize(
    "name",
    [
        *(f"audit_row_{one}" for one in Break),
        *(f"control_{one}" for one in ("blank", "too_long", "personal", "past")),
        *(
            f"handoff_{one}"
            for one in [
                "unknown",
                "claimed",
                "not_yours",
                "ended",
                "opted_out",
                "blank",
                "too_long",
                "full",
                "absent",
                "decided",
            ]
        ),
        *(f"sender_{one}" for one in ("mobile", "digits", "form", "generic")),
        *(f"verdict_{one}" for one in ("clear", "changes", "worse")),
    ],
)
def test_every_reason_has_a_sentence(name: str) -> None:
    assert all(sentence(name, owner="Jo", characters=9))
