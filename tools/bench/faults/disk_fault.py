"""Fills the disk of the database with a file, which is removed again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from cli.language import Refusal
from core.full_disk import is_full
from core.settings import Settings
from tools.bench.faults.fault import Fault
from tools.bench.load import Load

_MOST_BYTES = 2**30  # larger disks may be shared with others
_BLOCKS = (2**20, 2**12, 1)  # bytes; smaller and smaller, until none fits


def disk_fault(settings: Settings, seconds: float) -> Fault:
    """Returns the fault: the disk of the database (SQLite) is full for so many seconds. Only for a small file system with
    nothing else on it.
    """

    async def happen(_: Load) -> None:
        url = make_url(settings.sql_url)
        if url.get_backend_name() != "sqlite":
            raise Refusal(
                "Le disque n'est rempli que sous un enregistrement SQLite.", "The disk is filled under a SQLite record only."
            )
        with full(Path(str(url.database)).parent):
            await asyncio.sleep(seconds)

    return Fault("disk-full", happen)


@contextmanager
def full(folder: Path, most: int = _MOST_BYTES) -> Iterator[None]:
    """Keeps the file system of ``folder`` completely full while the block runs. Raises ``Refusal`` if more than ``most``
    bytes are free.
    """
    if shutil.disk_usage(folder).free > most:
        raise Refusal(
            f"{folder} a plus de {most >> 20} Mo libres : pour remplir le disque, placez-y un petit système de fichiers "
            "(GUICHET_DATABASE_URL).",
            f"{folder} has more than {most >> 20} MB free: to have its disk filled, put the record onto a small file system "
            "of its own (GUICHET_DATABASE_URL).",
        )
    balloon = folder / "bench-disk-full"
    try:
        _fill(balloon)
        yield
    finally:
        balloon.unlink(missing_ok=True)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        for size in _BLOCKS:
            try:
                while out.write(bytes(size)):
                    pass
            except OSError as error:
                if not is_full(error):
                    raise
