"""Files of an npm package (a gzipped tar), read as a stream and never unpacked to disk."""

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.unpacking import ArchiveRefused, Unpacked

MAX_FILE_BYTES = 64 * 1024 * 1024  # the largest page is 2 MB, the ministry's single file 17 MB; more is an attack
MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024  # service-public's package unpacks to 0.4 GB
_BLOCK = 1 << 20


def files_of(path: Path, wanted: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
    """Yields name and content of each file at ``path`` whose name matches ``wanted``. Raises ``InvalidSource``."""
    count = Unpacked(path, at_least=MAX_FILE_BYTES, at_most=MAX_TOTAL_BYTES)
    try:
        # With the gzip module, which verifies the checksum at the end of the file; tarfile's own reader stops before it.
        with _CountedGzip(path, count) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as archive:
            for member in archive:
                count.add_member()
                unpacked.begin_member()
                if member.size > MAX_FILE_BYTES:
                    raise truncated(path, f"{member.name}: {member.size} B")
                if member.isfile() and wanted.match(member.name):
                    file = archive.extractfile(member)
                    content = b"" if file is None else file.read()
                    if len(content) != member.size:
                        raise truncated(path, member.name)
                    yield member.name, content
            while unpacked.read(_BLOCK):
                pass
    except ArchiveRefused as error:
        raise InvalidSource(*sentence("package_not_read", why=error.why, path=path)) from error
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        raise truncated(path, str(error)) from error


def truncated(path: Path, what: str) -> InvalidSource:
    """Returns the error for a package at ``path`` in which ``what`` is missing or has another form."""
    return InvalidSource(*sentence("package_incomplete", path=path, what=what))


class _CountedGzip(gzip.GzipFile):
    """Counts unpacked bytes: in total, and since ``begin_member``, because a tar's own headers may be of any length too."""

    def __init__(self, path: Path, count: Unpacked) -> None:
        super().__init__(path, "rb")
        self._unpacked, self._since = count, 0

    def begin_member(self) -> None:
        self._since = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._unpacked.add(len(data))
        self._since += len(data)
        if self._since > 2 * MAX_FILE_BYTES:
            self._unpacked.refuse(2 * MAX_FILE_BYTES)
        return data
