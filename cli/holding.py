"""What a command tells a holder (cli/holder.py) and what it learns from it: files in a folder that only their owner opens."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.processes import Process

READY_WITHIN_SECONDS = 300.0  # a process that is not ready by then is not going to be


@dataclass(frozen=True)
class Held:
    """How a held program stands: pids of the holder and of the program, since when (Unix seconds), how often it was replaced
    and how often that failed, with the reason of the last time; and whether the program said that it is ready (holders begun
    by earlier versions do not tell)."""

    holder: int
    pid: int
    since: float
    replaced: int
    failed: int
    reason: str
    ready: bool = True


class Holding:
    """The folder of one installation's holders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def command(self, name: str) -> list[str]:
        """Returns what supervisord runs in the program's place."""
        return [sys.executable, "-S", "-m", "cli.holder", str(self._file(name))]

    def begin(self, process: Process) -> None:
        """Say what is to be held, and forget what was before."""
        for kind in ("next", "state"):
            self._beside(process.name, kind).unlink(missing_ok=True)
        _write(self._file(process.name), process)

    def follow(self, process: Process) -> None:
        """Say what shall take the place of what is held, at the next SIGHUP."""
        _write(self._beside(process.name, "next"), process)

    def state(self, name: str) -> Held | None:
        """``None`` where there is no holder, or none yet."""
        try:
            return Held(**json.loads(self._beside(name, "state").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def environment(self, name: str) -> dict[str, str]:
        """Returns what the program was given; empty where nothing is held."""
        try:
            found: dict[str, str] = json.loads(self._file(name).read_text())["environment"]
        except (OSError, ValueError, KeyError):
            return {}
        return found

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _beside(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}.json.{kind}"


def _write(file: Path, process: Process) -> None:
    """In one step: the holder may read it at any time. It holds secrets."""
    content = {"argv": process.argv, "environment": process.environment, "host": process.host, "port": process.port}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.part")
    aside.touch(mode=0o600)
    aside.write_text(json.dumps({**content, "patience": READY_WITHIN_SECONDS}))
    aside.replace(file)
