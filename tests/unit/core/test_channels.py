"""Channels are told apart by properties: each one has all of them, and code goes by no channel's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.service_control.controls import CHANNELS as SWITCHED
from conversations.wording import CHANNELS as WORDED
from core.channels import BY_NUMBER, TRAITS, traits_of
from core.settings import ROOT

_NAMES = {"web", "sms"}
_PACKAGES = ("actions", "conversations", "core", "retrieval", "supervision")


def test_traits_every_channel_that_speaks_or_is_switched_off_has_some() -> None:
    assert set(TRAITS) == set(WORDED) == set(SWITCHED)


@pytest.mark.parametrize("name", [None, "", "callback"])
def test_traits_of_a_channel_that_is_not_ours_are_the_websites(name: str | None) -> None:
    assert traits_of(name) == traits_of("web")


def test_by_number_names_the_channels_of_telephones() -> None:
    assert BY_NUMBER == ("sms",)


def _compared(file: Path) -> Iterator[int]:
    """Yields the lines on which ``file`` compares a channel with a name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            named = any(isinstance(side, ast.Constant) and side.value in _NAMES for side in sides)
            if named and any("channel" in ast.unparse(side) for side in sides):
                yield node.lineno


def test_no_code_compares_a_channel_with_a_name() -> None:
    files = (file for package in _PACKAGES for file in (ROOT / package).rglob("*.py"))
    assert [f"{file.relative_to(ROOT)}:{line}" for file in files for line in _compared(file)] == []
