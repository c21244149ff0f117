"""``./guichet`` commands as processes of their own, each forked from one that has imported what they import: 2 s of processor
time less for each."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.__main__ import main
from core.settings import ROOT

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["cli.__main__", *(f"cli.commands.{name}" for name in ("ask", "golden", "handoffs", "status", "synonyms"))]
)
_PATIENCE_SECONDS = 300


def run(arguments: Sequence[str], environment: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """What ``python -m cli ARGUMENTS`` does with ``environment`` and no other, in the project's folder.

    Raises ``subprocess.TimeoutExpired`` after five minutes.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "0").write_text(stdin)
        process = _PROCESSES.Process(target=_command, args=(list(arguments), dict(environment), folder))
        process.start()
        process.join(_PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(list(arguments), _PATIENCE_SECONDS)
        return subprocess.CompletedProcess(
            list(arguments), process.exitcode, (folder / "1").read_text(), (folder / "2").read_text()
        )


def _command(arguments: list[str], environment: dict[str, str], folder: Path) -> None:
    for number, how in ((0, os.O_RDONLY), (1, os.O_WRONLY | os.O_CREAT), (2, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(folder / str(number), how), number)
    # multiprocessing reads from nothing.
    sys.stdin = os.fdopen(0, encoding="utf-8")
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["guichet", *arguments]
    main()
