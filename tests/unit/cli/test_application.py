"""The application: a command alone, or all of them; and the list of them, for which none is imported."""

from __future__ import annotations

import pytest
import typer.main
from typer._click.core import Command

from cli.__main__ import application, listing


def commands(app: typer.Typer) -> dict[str, Command]:
    return dict(typer.main.get_group(app).commands)


EVERY = commands(application(""))


@pytest.mark.parametrize("wanted", sorted(EVERY))
def test_each_command_is_found_alone(wanted: str) -> None:
    assert commands(application(wanted)).keys() == {wanted}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_whoever_asks_for_help_sees_every_command_and_what_it_is_for(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", language)
    listed, whole = commands(listing()), commands(application(""))
    assert {"up", "ask", "test", "index", "kb", "eval", "train"} <= listed.keys()
    assert [*listed] == [*whole]
    for name, command in whole.items():
        assert command.get_short_help_str(200) == listed[name].get_short_help_str(200) != ""
