"""One page of service-public, as either kind of file yields it."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True)
class Page:
    """One page for ``audience`` (one of ``context.AUDIENCES``). ``root`` may be modified by the caller."""

    id: str
    audience: str
    root: etree._Element
