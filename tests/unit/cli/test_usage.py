"""Help and refusals of the commands are French with English beside it, or English for whoever speaks it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from cli import __main__ as entry
from cli.language import Refusal
from cli.usage import _french_words, in_french


def _said(arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["guichet", *arguments.split()])
    with pytest.raises(SystemExit) as end:
        entry.main()
    told = capsys.readouterr()
    return int(end.value.code or 0), told.out + told.err


@pytest.mark.parametrize(
    ("arguments", "fr", "en", "more"),
    [
        ("nosuch", "ne se lit pas", "No such command", "./guichet --help"),
        ("backup --nosuch", "pas d'option --nosuch", "No such option", "./guichet backup --help"),
        ("search", "Il manque", "Missing", "./guichet search --help"),
        ("sms costs --days many", "--days", "Invalid value", "./guichet sms costs --help"),
        ("backup one two", "ne se lit pas", "unexpected extra argument", "./guichet backup --help"),
    ],
)
def test_what_was_typed_wrong_is_told_in_both_languages(
    arguments: str, fr: str, en: str, more: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUICHET_LANG", "fr")
    code, told = _said(arguments, monkeypatch, capsys)
    assert code == 2
    assert told.index(fr) <= told.index(en)
    assert more in told
    monkeypatch.setenv("GUICHET_LANG", "en")
    code, told = _said(arguments, monkeypatch, capsys)
    assert (code, en in told, "Voyez" in told) == (2, True, False)


def _every() -> Iterator[tuple[str, Any]]:
    """Every command with its path, in the language of now."""
    whole = typer.main.get_command(entry.with_commands(entry.EVERY))
    in_french(whole)
    waiting = [("", whole)]
    while waiting:
        path, command = waiting.pop()
        yield path, command
        waiting += [(f"{path} {name}".strip(), part) for name, part in getattr(command, "commands", {}).items()]


def test_every_command_and_every_option_has_its_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", "en")
    english = dict(_every())
    helps = {parameter.help for command in english.values() for parameter in command.params}
    assert (set(_french_words()["commands"]), set(_french_words()["options"])) == (english.keys() - {""}, helps)
    monkeypatch.setenv("GUICHET_LANG", "fr")
    french = dict(_every())
    for path, command in french.items():
        assert command.help.endswith(english[path].help), path
        assert path == "" or command.help != english[path].help
        for parameter, other in zip(command.params, english[path].params, strict=True):
            assert parameter.help == _french_words()["options"][other.help], path


def test_help_is_french_first(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GUICHET_LANG", "fr")
    code, told = _said("audit list --help", monkeypatch, capsys)
    assert code == 0
    assert told.index("Ce qui a été fait") < told.index("List what was done")
    assert "Combien au plus." in told
    assert "[par défaut : 50]" in told
    assert "Montre cette aide." in told
    assert "Commandes" in _said("audit", monkeypatch, capsys)[1]
    monkeypatch.setenv("GUICHET_LANG", "en")
    told = _said("audit list --help", monkeypatch, capsys)[1]
    assert "How many at most." in told
    assert "Combien" not in told


@pytest.mark.parametrize(
    ("end", "code"), [(typer.Exit(3), 3), (typer.Exit(0), 0), (KeyboardInterrupt(), 130), (Refusal("non", "no"), 1)]
)
def test_a_command_ends_with_its_own_code(
    end: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C too says its sentence; before, the library ended without it."""
    app = typer.Typer()

    @app.command()
    def ends() -> None:
        raise end

    monkeypatch.setattr(entry, "application", lambda wanted: app)
    found, told = _said("", monkeypatch, capsys)
    assert found == code
    assert ("Interrompu" in told or "Interrupted" in told) == (code == 130)
