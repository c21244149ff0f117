"""Sentences in two languages: filled with values, each with those that the code gives, and none left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from cli.language import sentence as of_commands
from core.audit.chain import Break
from core.bad_setting import sentence as of_settings
from core.sentences import Sentences
from core.settings import ROOT
from knowledge_base.errors import Reason
from knowledge_base.errors import sentence as of_imports
from places.offices.errors import sentence as of_directories

_PACKAGES = {"cli": of_commands, "core": of_settings, "knowledge_base": of_imports, "places": of_directories}
_PLACE = {
    "sentence": 0,
    "_check": 1,
    "_check_each": 1,
    "_unusable": 1,
    "ok": 1,
    "warning": 1,
    "problem": 1,
    "finding": 2,
}  # of the name, by function
_GIVEN = {"_unusable": {"instead"}}  # by the function itself
_CONTROLS = ("blank", "too_long", "personal", "past")
_HANDOFFS = ("unknown", "claimed", "not_yours", "ended", "opted_out", "blank", "too_long", "full", "absent", "decided")


def test_values_may_be_in_two_languages(tmp_path: Path) -> None:
    file = tmp_path / "sentences.yml"
    file.write_text('why: ["{name} : {what}, {reason} ({share:.1f})", "{name}: {what}, {reason} ({share:.1f})"]\n')
    found = Sentences(file)("why", name="F1", what=("deux", "two"), reason=Reason("coupé", "cut off"), share=0.25)
    assert found == ("F1 : deux, coupé (0.2)", "F1: two, cut off (0.2)")


def _code(package: str) -> Iterator[ast.AST]:
    for file in (ROOT / package).rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def _calls(package: str) -> Iterator[tuple[str, str, set[str | None]]]:
    """Yields each function that shows a sentence, the sentence's name, and the values given."""
    for node in _code(package):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > _PLACE.get(node.func.id, 99):
            name = node.args[_PLACE[node.func.id]]
            for one in [name.body, name.orelse] if isinstance(name, ast.IfExp) else [name]:
                if isinstance(one, ast.Constant):
                    yield node.func.id, str(one.value), {keyword.arg for keyword in node.keywords}


def _values(text: str) -> set[str]:
    return {re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("package", _PACKAGES)
def test_both_languages_take_the_same_values(package: str) -> None:
    texts = _PACKAGES[package].texts
    assert {name for name, (fr, en) in texts.items() if _values(fr) != _values(en) or not fr or not en} == set()


@pytest.mark.parametrize("package", _PACKAGES)
def test_every_call_names_a_sentence_and_gives_its_values(package: str) -> None:
    texts, found = _PACKAGES[package].texts, list(_calls(package))
    assert len(found) > 6
    for function, name, given in found:
        assert name in texts, name
        wanted = {value for key in (name, f"{name}_advice") if key in texts for value in _values(texts[key][0])}
        assert None in given or wanted <= given | _GIVEN.get(function, set()), name


@pytest.mark.parametrize("package", _PACKAGES)
def test_no_sentence_is_left_over(package: str) -> None:
    used = {str(node.value) for node in _code(package) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    begun = tuple(text for text in used if text.endswith("_") and len(text) > 1)  # of a name that goes on with a value
    used |= {f"{text}_advice" for text in used}
    assert {name for name in _PACKAGES[package].texts if name not in used and not name.startswith(begun)} == set()


@pytest.mark.parametrize(
    "name",
    [
        *(f"audit_row_{one}" for one in Break),
        *(f"control_{one}" for one in _CONTROLS),
        *(f"handoff_{one}" for one in _HANDOFFS),
        *(f"sender_{one}" for one in ("mobile", "digits", "form", "generic")),
        *(f"verdict_{one}" for one in ("clear", "changes", "worse")),
    ],
)
def test_every_reason_has_a_sentence(name: str) -> None:
    assert name in of_commands.texts
