"""Help and refusals of the commands are French with English beside it, or English for whoever speaks it."""

from __future__ import annotations

import sys

import pytest
import typer

from cli import __main__ as entry
from cli.language import Refusal
from cli.usage import _summaries


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


def test_help_is_french_first_and_every_command_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(_summaries()) == entry._COMMANDS.keys() | entry._GROUPS.keys()
    monkeypatch.setenv("GUICHET_LANG", "fr")
    code, told = _said("down --help", monkeypatch, capsys)
    assert code == 0
    assert told.index("Arrête tout.") < told.index("Stop every process")
    monkeypatch.setenv("GUICHET_LANG", "en")
    assert "Arrête" not in _said("down --help", monkeypatch, capsys)[1]


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
