"""``./guichet`` commands as processes of their own, each from one that has imported what commands import: 2 s of processor time
less for each."""

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
_PROCESSES.set_forkserver_preload(["cli.__main__", "cli.commands.handoffs", "cli.commands.golden", "cli.commands.synonyms"])


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What ``python -m cli ARGUMENTS`` does with ``environment`` and no other, in the project's folder."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _PROCESSES.Process(target=_command, args=(list(arguments), dict(environment), out, err))
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(list(arguments), process.exitcode, out.read_text(), err.read_text())


def _command(arguments: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["guichet", *arguments]
    main()
