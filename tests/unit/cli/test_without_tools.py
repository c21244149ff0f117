"""An image has neither ``tools`` nor ``tests``: what a server needs works, the rest says in a sentence where to run it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli.missing_module import refusal_for_missing_module
from core.settings import ROOT

NEEDS_TOOLS = {"bench", "benchmark", "eval", "supply"}
_WITHOUT = "import sys; sys.modules['tools'] = None; from cli.__main__ import EVERY, application, main\n"
_REFUSED = """
for name in sorted(EVERY):
    try:
        application(name)
    except ModuleNotFoundError as error:
        print(name if (error.name or "").split(".")[0] == "tools" else error)
"""


def _run(program: str, *arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    secrets = {f"GUICHET_{name}": "x" * 40 for name in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY")}
    command = [sys.executable, "-c", _WITHOUT + program, *arguments]
    environment = {"PATH": "/usr/bin:/bin", "GUICHET_LANG": language, **secrets}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_server_commands_without_tools_are_loaded() -> None:
    found = _run(_REFUSED)
    assert (found.returncode, set(found.stdout.split())) == (0, NEEDS_TOOLS), found.stderr


@pytest.mark.parametrize(
    ("command", "language", "said"),
    [
        ("bench --quick", "fr", "copie complète du dépôt"),
        ("benchmark", "fr", "copie complète du dépôt"),
        ("supply audit", "en", "whole checkout"),
        ("drift --simulate 1", "en", "whole checkout"),
        ("train scope", "en", "whole checkout"),
        ("kb twins", "en", "whole checkout"),
        ("privacy words", "en", "whole checkout"),
        ("screenshots", "en", "whole checkout"),
    ],
)
def test_command_without_tools_says_where_to_run_it(command: str, language: str, said: str) -> None:
    refused = _run("main()", *command.split(), language=language)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1), refused.stderr
    assert said in refused.stderr


def test_missing_of_a_library_names_it() -> None:
    assert "simpy" in str(refusal_for_missing_module(ModuleNotFoundError(name="simpy.events")))


def test_a_server_without_the_library_of_a_named_model_is_told_how_to_install_it() -> None:
    told = str(refusal_for_missing_module(ModuleNotFoundError(name="sentence_transformers")))
    assert "group models" in told
    assert "GUICHET_EMBEDDING_MODEL" in told


@pytest.mark.parametrize("name", ["cli.nosuch", "core.nosuch", None])
def test_missing_of_our_own_module_stays_a_defect(name: str | None) -> None:
    with pytest.raises(ModuleNotFoundError):
        refusal_for_missing_module(ModuleNotFoundError(name=name))
