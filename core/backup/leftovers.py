"""Removes what a backup leaves if its process is killed: an unencrypted copy of the record, and a partial file."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = ".backup-"
_YOUNG = 60.0  # seconds: a newer folder may not be locked yet
_WRITTEN_WITHIN = 3600.0  # seconds: an older partial file is no longer being written


@contextmanager
def working_folder(home: Path) -> Iterator[Path]:
    """Yields a folder in ``home``, which is locked until the end and then deleted. The lock ends with the process."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home) as made:
        lock = os.open(made, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(made)
        finally:
            os.close(lock)


def clear_leftovers(home: Path, files: Path) -> None:
    """Deletes what killed backups left in ``home``, and among the ``files`` of backups."""
    for folder in home.glob(f"{_PREFIX}*"):
        _delete_if_dead(folder)
    for part in files.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime >= _WRITTEN_WITHIN:
                part.unlink()


def _delete_if_dead(folder: Path) -> None:
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < _YOUNG:
            return
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(lock)
