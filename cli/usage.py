"""What an operator reads of the commands themselves: their help and their refusals, French first."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from cli.language import pick, speaks_english
from core.yaml_text import load as load_yaml


@cache
def _french_words() -> dict[str, dict[str, str]]:
    """``commands`` by path ("kb import"), ``options`` by their English."""
    found: dict[str, dict[str, str]] = load_yaml(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return found


def in_french(command: Any, path: str = "") -> None:
    """Word the help of ``command`` (Typer's, with those under it) in French, the English of commands beneath.

    Nothing is done for whoever speaks English; what nobody has worded stays as it is.
    """
    if speaks_english():
        return
    words = _french_words()
    if path in words["commands"]:
        command.help = f"{words['commands'][path]}\n\n{command.help or ''}".rstrip()
    for parameter in command.params:
        if (english := getattr(parameter, "help", None)) in words["options"]:
            parameter.help = words["options"][english]
    _frame_in_french(command)
    for name, part in getattr(command, "commands", {}).items():
        in_french(part, f"{path} {name}".strip())


def _frame_in_french(command: Any) -> None:
    """What the library itself writes around the help, once it is asked for: to load what shows it takes a while."""
    plain = command.format_help

    def format_help(context: Any, formatter: Any) -> None:
        from typer import rich_utils  # noqa: PLC0415 - as Typer does

        rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
        rich_utils.DEFAULT_STRING = "[par défaut : {}]"
        rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
        option = command.get_help_option(context)
        if option is not None:
            option.help = "Montre cette aide."
        plain(context, formatter)

    command.format_help = format_help


def refused(error: Any) -> str:
    """Returns what was wrong in what was typed (``error`` is Typer's ``UsageError``), and which command says more."""
    english = error.format_message()
    command = error.ctx.command_path if error.ctx else "./guichet"
    said = english if speaks_english() else f"{_french(error)} ({english})"
    return f"{said}\n{pick(f'Voyez {command} --help.', f'See {command} --help.')}"


def _french(error: Any) -> str:
    """By kind: the library's own sentences are in English only, and stand beside."""
    match type(error).__name__:
        case "NoSuchOption":
            return f"Il n'y a pas d'option {error.option_name}."
        case "MissingParameter":
            return f"Il manque {_name(error)}."
        case "BadParameter":
            return f"Cette valeur ne convient pas pour {_name(error)}."
    return "Cette commande ne se lit pas."


def _name(error: Any) -> str:
    if error.param is None:
        return str(error.param_hint or "un argument")
    return str(error.param_hint or error.param.get_error_hint())
