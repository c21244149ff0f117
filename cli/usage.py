"""The help and the refusals of the commands, French first."""

from functools import cache
from pathlib import Path
from typing import Any

from cli.language import pick, speaks_english
from core.yaml_text import load as load_yaml


@cache
def _french_words() -> dict[str, dict[str, str]]:
    """Returns the texts: ``commands`` by path ("kb import"), ``options`` by their English text."""
    found: dict[str, dict[str, str]] = load_yaml(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return found


def in_french(command: Any, path: str = "") -> None:
    """Adds French texts to the help of ``command`` (Typer's, with its subcommands), before the English ones.

    Does nothing for an English-speaking operator. Texts without a translation stay.
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
    """Translates the library's own texts around the help, once it is requested, because loading them is slow."""
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


def usage_error(error: Any) -> str:
    """Returns the fault in the command line (``error`` is Typer's ``UsageError``), and the command that shows more."""
    english = error.format_message()
    command = error.ctx.command_path if error.ctx else "./guichet"
    sentence = english if speaks_english() else f"{_french(error)} ({english})"
    return f"{sentence}\n{pick(f'Voyez {command} --help.', f'See {command} --help.')}"


def _french(error: Any) -> str:
    """Returns a French sentence by the kind of error; the library's own sentence, in English only, is shown next to it."""
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
