"""``./guichet test`` and ``check``: check the source code."""

import subprocess
import sys
from typing import Annotated

import typer

from cli import secret_file
from cli.install import prepare_for_tests
from cli.language import say
from core.settings import ROOT, Settings

_TYPED = (
    *("core", "retrieval", "knowledge_base", "conversations", "supervision", "channels", "analytics", "places"),
    *("integrators", "actions", "cli", "tools", "bot", "desk", "tests"),
)
_CHECKS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy", "--num-workers", "2", *_TYPED],
)
# Two workers on any machine: each may hold an index and a whole service. With a third, two cores took 51 min 37 s instead of 55
# min 40 s, and tests that wait for a process began to fail. Reordering by size would put the end-to-end tests first (see
# tests/conftest.py).
_TWO_AT_A_TIME = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "--durations=25"]
_ALL = ["tests"]


def test(
    context: typer.Context,
    *,
    long_ones: Annotated[bool, typer.Option("--long", help="Only those that take too long for every run.")] = False,  # noqa: PT028
) -> None:
    """Set up what the tests need, then run them all, two at a time.

    Arguments go to pytest (``./guichet test tests/unit -k sms``). Whole folders alone are run two at a time, too.
    """
    secret_file.ensure(ROOT / ".env")
    arguments = context.args or _ALL
    if all((ROOT / argument).is_dir() for argument in arguments):
        arguments = [*arguments, *_TWO_AT_A_TIME]
    if long_ones:
        arguments = [*arguments, "-m", "long"]
    named = [argument for argument in arguments if argument.startswith("tests")]
    if not named or any(not argument.startswith("tests/unit") for argument in named):
        say("Préparation des tests…", "Preparing the tests…")
        from tools import chromium  # noqa: PLC0415 - an image has no tools

        chromium.ensure()
        prepare_for_tests(Settings())
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode)  # noqa: S603


def check() -> None:
    """Lint, format and types."""
    failed = False
    for command in _CHECKS:
        print("$", *command, flush=True)
        failed |= subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode != 0  # noqa: S603
    sys.exit(int(failed))
