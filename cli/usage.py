"""What an operator reads of the commands themselves: their help and their refusals, French first."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cli.language import pick, speaks_english


@cache
def _summaries() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return found


def help_of(name: str, english: str) -> str:
    """The help of a command: French with English under it, or English alone for whoever speaks it."""
    return english if speaks_english() else f"{_summaries()[name]}\n\n{english}"


def refused(error: Any) -> str:
    """What was wrong in what was typed (``error`` is Typer's ``UsageError``), and which command says more."""
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
