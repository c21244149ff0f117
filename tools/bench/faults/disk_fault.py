"""The disk of the record full: a file takes all the room there is, and is removed again."""

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

_MOST_BYTES = 2**30  # others may live on a larger one
_BLOCKS = (2**20, 2**12, 1)  # bytes; ever smaller ones, until none fits


def disk_fault(settings: Settings, seconds: float) -> Fault:
    """Returns the disk of the record (SQLite) is full for so long. Happens on a small file system of the record's own only."""

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
    """The file system of ``folder`` has no byte left while the block runs. Raises ``Refusal`` where more than ``most`` are."""
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
