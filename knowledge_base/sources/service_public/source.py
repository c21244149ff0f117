"""The source of pages for the importer, independent of the kind of file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from lxml import etree


@dataclass(frozen=True)
class Page:
    """One page for ``audience`` (one of ``context.AUDIENCES``). ``root`` may be modified by the caller."""

    id: str
    audience: str
    root: etree._Element


class Source(Protocol):
    """A file or folder of pages. All methods raise ``InvalidSource`` if it is truncated, damaged or of another format."""

    @property
    def name(self) -> str:
        """Returns the name of this source in the database."""
        ...

    def checksum(self) -> str:
        """Returns the SHA-256 (hex) of the data read."""
        ...

    def listings(self) -> int:
        """Returns how many pages ``pages`` yields; a page for two audiences counts twice."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Returns page id → title, of all current pages."""
        ...

    def pages(self) -> Iterator[Page]:
        """Yields all current pages. Fails at the end if one was missing."""
        ...
