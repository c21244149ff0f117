"""What the importer reads pages from, whatever file they lie in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from lxml import etree


@dataclass(frozen=True)
class Page:
    """One page as ``audience`` (one of ``context.AUDIENCES``) sees it. ``root`` belongs to who takes the page."""

    id: str
    audience: str
    root: etree._Element


class Source(Protocol):
    """A file or folder of pages. All methods raise ``InvalidSource`` when it is truncated, damaged or something else."""

    @property
    def name(self) -> str:
        """What the record calls this source."""
        ...

    def checksum(self) -> str:
        """SHA-256 (hex) of what is read."""
        ...

    def listings(self) -> int:
        """Returns how many pages ``pages`` yields; one that stands under two audiences counts twice."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Page id → title, of all live pages."""
        ...

    def pages(self) -> Iterator[Page]:
        """Returns all live pages. Fails at its end if one was missing."""
        ...
