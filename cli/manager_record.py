"""The record that the process manager writes about itself, so that later commands find it or notice its absence."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.process_identity import boot_id, start_time

MARK = "SUPERVISED_INSTALLATION"
"""The environment variable by which each process of an installation is known; see ``mark_of``."""


@dataclass(frozen=True)
class ManagerRecord:
    """A process manager: its pid (also that of its session), its start, the machine's start, and its installation."""

    pid: int
    started: str
    boot: str
    installation: str

    @property
    def alive(self) -> bool:
        """Decides whether this very process runs; its pid alone may belong to another one by now."""
        return self.of_this_boot and start_time(self.pid) == self.started

    @property
    def of_this_boot(self) -> bool:
        return self.boot == boot_id()

    @property
    def number_is_free(self) -> bool:
        """Decides whether no process has its pid. While processes of its session run, the system does not reuse it."""
        return start_time(self.pid) is None


def mark_of(home: Path) -> str:
    """Returns a mark that no other folder has: a copy has another inode, a folder in another container another device."""
    found = home.resolve()
    stat = found.stat()
    return f"{stat.st_dev}:{stat.st_ino}:{found}"


def read_record(home: Path) -> ManagerRecord | None:
    """Returns the record of the last manager of ``home``; ``None`` if it ended properly, and in a copied folder."""
    try:
        record = ManagerRecord(**json.loads(_file(home / "run").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return record if record.installation == mark_of(home) else None


def write_record(run: Path) -> None:
    """Records that this process is the manager; ``run`` is the folder of its configuration."""
    record = ManagerRecord(os.getpid(), start_time(os.getpid()) or "", boot_id(), os.environ.get(MARK, ""))
    aside = run / "manager.json.part"
    aside.write_text(json.dumps(asdict(record)))
    aside.replace(_file(run))


def clear_record(run: Path) -> None:
    """Records that the manager ended properly."""
    _file(run).unlink(missing_ok=True)


def _file(run: Path) -> Path:
    return run / "manager.json"
