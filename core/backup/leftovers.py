"""What a backup leaves behind whose process was killed: a copy of the record in the clear, and half a file."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = ".backup-"
_YOUNG = 60.0  # seconds: a folder may not be locked yet
_WRITTEN_WITHIN = 3600.0  # seconds: half a file that nobody went on with


@contextmanager
def working_folder(home: Path) -> Iterator[Path]:
    """A folder in ``home``, gone at the end, and locked until then: the lock goes with the process, however it ends."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home) as made:
        lock = os.open(made, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(made)
        finally:
            os.close(lock)


def clear_leftovers(home: Path, files: Path) -> int:
    """Delete what killed backups left in ``home``, and among the ``files`` of backups. Returns how many."""
    return sum(_dead(folder) for folder in home.glob(f"{_PREFIX}*")) + sum(_half(part) for part in files.glob(".*.part"))


def _dead(folder: Path) -> bool:
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < _YOUNG:
            return False
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
            return True
        finally:
            os.close(lock)
    return False


def _half(part: Path) -> bool:
    with suppress(OSError):
        if time.time() - part.stat().st_mtime >= _WRITTEN_WITHIN:
            part.unlink()
            return True
    return False
