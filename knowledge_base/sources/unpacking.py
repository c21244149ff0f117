"""Reads untrusted archives: unpacked bytes are counted, independent of declared sizes, and reading stops at the limit."""

import copy
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

from knowledge_base.errors import Reason, WithReason, sentence

MAX_RATIO = 200  # unpacked to packed; text has 4 to 16, a workbook up to 30
MAX_MEMBERS = 50_000  # the package of service-public has 7,606
_MAX_DIRECTORY = 200 * MAX_MEMBERS  # bytes of the list at the end of a zip, which is read whole
MAX_WHOLE = 64 * 1024**2  # bytes of a file that is read at once
_BLOCK = 64 * 1024  # what is unpacked at once
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Python unpacks other methods in one step, without a limit


class ArchiveRefused(WithReason):
    """An archive that exceeds the limits."""


class Unpacked:
    """Counts the bytes unpacked from the archive at ``path``, and refuses more than it can plausibly hold.

    The limit in bytes is ``MAX_RATIO`` times its size or ``at_least``, whichever is more, but no more than ``at_most``.
    """

    def __init__(self, path: Path, *, at_least: int, at_most: int) -> None:
        self._packed = path.stat().st_size
        self._limit = min(at_most, max(at_least, MAX_RATIO * self._packed))
        self._members = 0
        self.total = 0

    def add(self, size: int) -> None:
        """Counts bytes. Raises ``ArchiveRefused`` once the limit is passed."""
        self.total += size
        if self.total > self._limit:
            self.refuse(self._limit)

    def add_member(self) -> None:
        """Counts a file. Raises ``ArchiveRefused`` once there are too many."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise too_many_members()

    def refuse(self, limit: int) -> None:
        """Raises ``ArchiveRefused``: there are more than ``limit`` bytes."""
        most, packed = limit // 1024**2, self._packed // 1024
        raise ArchiveRefused(Reason(*sentence("unpacks_too_large", most=most, packed=packed)))


def too_many_members() -> ArchiveRefused:
    """Returns the error for an archive with more than ``MAX_MEMBERS`` files."""
    return ArchiveRefused(
        Reason(f"il contient plus de {MAX_MEMBERS} fichiers", f"it holds more than {MAX_MEMBERS} files"),
    )


class CountedZip(zipfile.ZipFile):
    """A zip for reading. Its declared sizes are not trusted: every file is unpacked in small blocks, and counted.

    A file opened several times counts once. Raises ``ArchiveRefused`` in addition to the exceptions of ``zipfile``.
    """

    _source: io.FileIO | None = None  # until it is open: a zip that was never opened is closed as well when it is deleted

    def __init__(self, path: Path, *, at_least: int, at_most: int, whole: int = MAX_WHOLE) -> None:
        """Takes ``at_least`` and ``at_most`` like ``Unpacked``; ``whole`` is the most bytes of a file read at once."""
        self._count, self._whole = Unpacked(path, at_least=at_least, at_most=at_most), whole
        self._counted: dict[int, int] = {}
        self._source = source = _Source(path)
        try:
            super().__init__(source)
            if len(self.filelist) > MAX_MEMBERS:
                raise too_many_members()
        except BaseException:
            source.close()
            raise

    def open(
        self, name: str | zipfile.ZipInfo, mode: Literal["r", "w"] = "r", pwd: bytes | None = None, *, force_zip64: bool = False
    ) -> IO[bytes]:
        known = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if known.compress_type not in _METHODS:
            raise ArchiveRefused(Reason(*sentence("odd_compression", member=known.filename)))
        info = copy.copy(known)
        info.file_size = sys.maxsize  # otherwise the output would be cut at the declared size, after unpacking
        inner = super().open(info, mode, pwd, force_zip64=force_zip64)
        size = 0

        def count(length: int) -> None:
            nonlocal size
            size += length
            before = self._counted.get(id(known), 0)
            if size > before:
                self._counted[id(known)] = size
                self._count.add(size - before)

        return io.BufferedReader(_Counting(inner, count, self._count, self._whole), _BLOCK)

    def close(self) -> None:
        super().close()
        if self._source is not None:
            self._source.close()


class _Source(io.FileIO):
    """The file of a zip. Its list of files is not read if it is longer than the allowed number of files needs."""

    def read(self, size: int | None = -1, /) -> Any:
        if size is not None and size > _MAX_DIRECTORY:
            raise too_many_members()
        return super().read(size)


class _Counting(io.RawIOBase):
    """Reads ``inner`` in small blocks and counts the bytes; returns at most ``whole`` bytes at once."""

    def __init__(self, inner: IO[bytes], count: Callable[[int], None], unpacked: Unpacked, whole: int) -> None:
        self._inner, self._count, self._unpacked, self._whole = inner, count, unpacked, whole

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._inner.read(min(len(buffer), _BLOCK))
        self._count(len(data))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        found = bytearray()
        while data := self.read(_BLOCK):
            found += data
            if len(found) > self._whole:
                self._unpacked.refuse(self._whole)
        return bytes(found)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()
