"""The application: a command alone, or all of them."""

from __future__ import annotations

import pytest
import typer.main

from cli.__main__ import application


def commands(wanted: str) -> set[str]:
    return set(typer.main.get_group(application(wanted)).commands)


@pytest.mark.parametrize("wanted", ["", "--help", "nonsense"])
def test_whoever_asks_for_help_sees_every_command(wanted: str) -> None:
    assert {"up", "ask", "test", "index", "kb", "eval", "train"} <= commands(wanted)


@pytest.mark.parametrize("wanted", sorted(commands("")))
def test_each_command_is_found_alone(wanted: str) -> None:
    assert commands(wanted) == {wanted}
