"""The communication between commands and holders (cli/holder.py): files in a folder that only their owner can open."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.processes import Process

READY_WITHIN_SECONDS = 300.0  # a process that is not ready by then will never be


@dataclass(frozen=True)
class HolderState:
    """The state of a program with a holder: pids of the holder and of the program, since when (Unix seconds), how often it was
    replaced and how often that failed, with the last reason; and whether the program has reported that it is ready (holders of
    earlier versions do not know).
    """

    holder: int
    pid: int
    since: float
    replaced: int
    failed: int
    reason: str
    ready: bool = True


class HolderFiles:
    """The folder of one installation's holders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def command(self, name: str) -> list[str]:
        """Returns the command that supervisord runs instead of the program."""
        return [sys.executable, "-S", "-m", "cli.holder", str(self._file(name))]

    def begin(self, process: Process) -> None:
        """Writes the program for a new holder, and deletes the state of an earlier one."""
        for kind in ("next", "state"):
            self._beside(process.name, kind).unlink(missing_ok=True)
        _write(self._file(process.name), process)

    def follow(self, process: Process) -> None:
        """Writes the program that replaces the present one at the next SIGHUP."""
        _write(self._beside(process.name, "next"), process)

    def state(self, name: str) -> HolderState | None:
        """Returns the state; ``None`` if there is no holder yet."""
        try:
            return HolderState(**json.loads(self._beside(name, "state").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def environment(self, name: str) -> dict[str, str]:
        """Returns the program's environment; empty if there is no holder."""
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
    """Writes the file in one step, because the holder may read it at any time. It contains secrets."""
    content = {"argv": process.argv, "environment": process.environment, "host": process.host, "port": process.port}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.part")
    aside.touch(mode=0o600)
    aside.write_text(json.dumps({**content, "patience": READY_WITHIN_SECONDS}))
    aside.replace(file)
