"""What the documents name is there: the pages they link to, every decision in its list, each command with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.__main__ import EVERY, with_commands
from core.settings import ROOT

_OURS = ("*.md", "docs/**/*.md", "deploy/**/*.md", "tests/**/*.md")
DOCUMENTS = sorted({file for pattern in _OURS for file in ROOT.glob(pattern)})
_NOW = [file for file in DOCUMENTS if file.name != "CHANGELOG.md"]  # which tells of what was, too
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]+)(?:#[^)\s]*)?\)")
_COMMAND = re.compile(r"\./guichet ([a-z][^`\n]*)")


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(file: Path) -> None:
    gone = [link for link in _LINK.findall(file.read_text(encoding="utf-8")) if not (file.parent / link).exists()]
    assert not gone


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(file.name for file in folder.glob("[0-9]*.md"))


def test_every_attack_is_in_the_threat_model() -> None:
    named = set(re.findall(r"`(test_\w+)` \|$", (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {file.stem for file in (ROOT / "tests" / "acceptance").glob("test_*.py")} - named == set()


@pytest.fixture(scope="module")
def program() -> Any:
    return typer.main.get_command(with_commands(EVERY))


@pytest.mark.parametrize("file", _NOW, ids=_name)
def test_commands_are_there_with_their_options(file: Path, program: Any) -> None:
    assert [said for line in _commands(file) if (said := _unknown(line, program))] == []


def _commands(file: Path) -> Iterator[str]:
    for line in _COMMAND.findall(file.read_text(encoding="utf-8")):
        yield re.split(r" #| && | \|| > ", line)[0]


def _unknown(line: str, command: Any) -> str:
    """What ``line`` names that ``command`` does not have; empty: nothing."""
    try:
        words = shlex.split(line)
    except ValueError:  # a sentence with an apostrophe goes on after the command
        words = line.split()
    words = [word.rstrip(".,;:)»") for word in words]
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        word = words.pop(0)
        if word not in command.commands:
            return f"{line}: {word}"
        command = command.commands[word]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    named = [word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)]
    free = (command.context_settings or {}).get("ignore_unknown_options")  # `test` gives them to pytest
    wrong = [] if free else [name for name in named if name not in known]
    return f"{line}: {wrong[0]}" if wrong else ""
