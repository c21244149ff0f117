"""The application: a command alone, or the list of all, for which none is imported."""

from __future__ import annotations

import pytest
import typer.main
from pydantic import BaseModel, ValidationError
from typer._click.core import Command

from cli.__main__ import EVERY, application, main, with_commands
from core.settings import Settings


def commands(app: typer.Typer) -> dict[str, Command]:
    return dict(typer.main.get_group(app).commands)


@pytest.mark.parametrize("wanted", ["", "--help", "nonsense"])
def test_whoever_asks_for_help_sees_every_command(wanted: str) -> None:
    assert {"up", "ask", "test", "index", "kb", "eval", "train"} <= commands(application(wanted)).keys()


@pytest.mark.parametrize("wanted", sorted(EVERY))
def test_each_command_is_found_alone(wanted: str) -> None:
    assert commands(application(wanted)).keys() == {wanted}


def test_the_list_says_of_each_command_what_it_says_itself() -> None:
    listed, whole = commands(application("")), commands(with_commands(EVERY))
    assert [*listed] == [*whole]
    for name, command in whole.items():
        assert command.get_short_help_str(200) == listed[name].get_short_help_str(200) != ""


class _Answer(BaseModel):
    number: int


@pytest.mark.parametrize(("model", "raised"), [(Settings, SystemExit), (_Answer, ValidationError)])
def test_main_reports_wrong_settings_only_as_wrong_settings(
    model: type[BaseModel], raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typer.Typer()
    app.command()(lambda: model.model_validate({"number": "none", "unknown": 1}))
    monkeypatch.setattr("cli.__main__.application", lambda _: app)
    monkeypatch.setattr("sys.argv", ["./guichet"])
    with pytest.raises(raised):
        main()
