"""Channels are told apart by properties: each one has all of them, and code goes by no channel's name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from conversations.service_control.controls import OFF
from core.channels import BY_NUMBER, CHANNELS, TRAITS, ChannelName, traits_of
from core.settings import ROOT

# Where a channel is made, and where the service is put together.
_MAY_NAME = ("channels/", "cli/gateway.py", "cli/worker/", "tests/")
_DESKS = ("desk", "knowledge_base/desk", "supervision/desk", "analytics/desk")
_KINDS = "kind"  # of a group of synonyms: "sms" is one


def test_traits_every_channel_that_can_be_named_or_switched_off_has_some() -> None:
    assert set(TRAITS) == set(CHANNELS) == set(OFF) == set(get_args(ChannelName))


@pytest.mark.parametrize("name", [None, "", "callback"])
def test_traits_of_a_channel_that_is_not_ours_are_the_websites(name: str | None) -> None:
    assert traits_of(name) == traits_of("web")


def test_by_number_names_the_channels_of_telephones() -> None:
    assert BY_NUMBER == ("sms",)


def _compared(code: str) -> Iterator[int]:
    """Yields the lines of ``code`` that compare something with a channel's name, or with a list of them."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                if any(_names(side) for side in sides) and not any(ast.unparse(side).endswith(_KINDS) for side in sides):
                    yield node.lineno
            case ast.MatchValue() if _names(node.value):
                yield node.value.lineno


def _names(side: ast.expr) -> bool:
    parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
    return any(isinstance(part, ast.Constant) and part.value in CHANNELS for part in parts)


def test_no_code_compares_a_channel_with_a_name() -> None:
    files = {
        str(file.relative_to(ROOT)): file for package in ROOT.glob("*/__init__.py") for file in package.parent.rglob("*.py")
    }
    code = {name: file.read_text(encoding="utf-8") for name, file in files.items() if not name.startswith(_MAY_NAME)}
    assert [f"{name}:{line}" for name, text in sorted(code.items()) for line in _compared(text)] == []


_COMPARED_IN_A_PAGE = re.compile(
    r"""[=!]==?\s*["'](?:sms|web)["']|["'](?:sms|web)["']\s*[=!]=|\bif\b[^%{}]*\bin\s*\(\s*["'](?:sms|web)["']"""
)


def test_no_script_or_template_of_the_desks_compares_a_channel_with_a_name() -> None:
    files = [file for kind in ("js", "html") for folder in _DESKS for file in (ROOT / folder).rglob(f"*.{kind}")]
    assert len(files) > 50
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()[:60]}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if _COMPARED_IN_A_PAGE.search(line) and _KINDS not in line
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('channel == "sms"', True),
        ('"web" != row.channel', True),
        ('where not in ("web", "sms")', True),
        ('match channel:\n case "sms": pass', True),
        ('group.kind == "sms"', False),
        ("traits_of(channel).pays_by_segment", False),
        ('of = {"web": 1}["web"]', False),
    ],
)
def test_a_comparison_with_a_channels_name_is_found(code: str, found: bool) -> None:
    assert bool([*_compared(code)]) == found
