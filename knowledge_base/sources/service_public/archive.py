"""The official archive ("co-marquage"): a zip of XML files for each audience. A folder of such zips counts as one source."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from lxml import etree

from knowledge_base.entries.markdown import tidy
from knowledge_base.errors import BROKEN_ZIP, InvalidSource, sentence
from knowledge_base.sources.service_public.context import AUDIENCES
from knowledge_base.sources.service_public.page import Page
from knowledge_base.sources.service_public.tree import DC, from_xml
from knowledge_base.sources.tarballs import MAX_FILE_BYTES, MAX_TOTAL_BYTES
from knowledge_base.sources.unpacking import ArchiveRefused, CountedZip

_PAGE = re.compile(r"(?:^|/)(F\d+)\.xml$")


class Archive:
    """The zip at ``path``, or all ``*.zip`` of the folder ``path``. All methods raise ``InvalidSource`` for a damaged file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zips = sorted(path.glob("*.zip")) if path.is_dir() else [path]
        self.name = path.name

    def checksum(self) -> str:
        digest = sha256()
        for path in self._zips:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def listings(self) -> int:
        """Returns how many pages ``pages`` yields; a page for two audiences counts twice."""
        return self._index[0]

    def titles(self) -> Mapping[str, str]:
        """Returns page id → title, of all current pages."""
        return self._index[1]

    def pages(self) -> Iterator[Page]:
        for page, root in self._roots():
            yield Page(page, _audience(root), root)

    @cached_property
    def _index(self) -> tuple[int, dict[str, str]]:
        titles: dict[str, str] = {}
        count = 0
        for page, root in self._roots():
            count += 1
            titles[page] = tidy(root.findtext(f"{DC}title") or "")
        if not count:
            raise self._wrong("aucun fichier F….xml", "no file F….xml")
        return count, titles

    def _roots(self) -> Iterator[tuple[str, etree._Element]]:
        for path in self._zips:
            try:
                with CountedZip(path, at_least=MAX_FILE_BYTES, at_most=MAX_TOTAL_BYTES, whole=MAX_FILE_BYTES) as archive:
                    for info in archive.infolist():
                        found = _PAGE.search(info.filename)
                        if found is None or info.filename.startswith("__MACOSX/"):
                            continue
                        yield found[1], from_xml(archive.read(info), info.filename)
            except ArchiveRefused as error:
                raise self._wrong(error.why, error.why.en) from error
            except BROKEN_ZIP as error:
                raise self._wrong(str(error), str(error)) from error

    def _wrong(self, fr: str, en: str) -> InvalidSource:
        return InvalidSource(*sentence("archive_incomplete", what=(fr, en), file=self._path))


def _audience(root: etree._Element) -> str:
    """Returns the audience of a file, from its breadcrumb. The audience in the file's address only says where it is shown."""
    first = root.find("FilDAriane/Niveau")
    named = [first.get("ID", "")] if first is not None else []
    named += [root.findtext("Audience") or "", root.get("spUrl", "").removeprefix("https://www.service-public.fr/")]
    for name in named:
        for audience in AUDIENCES:
            if name.strip().lower().startswith(audience):
                return audience
    return AUDIENCES[0]
