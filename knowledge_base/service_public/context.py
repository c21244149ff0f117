"""What the converter of one page knows besides the page, and what it notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

SITE = "https://www.service-public.fr"
AUDIENCES = ("particuliers", "professionnels", "associations")  # in the order of precedence
_PATHS = {"particuliers": "particuliers", "professionnels": "professionnels-entreprises", "associations": "associations"}


@dataclass
class Context:
    """``titles`` maps the ids of all pages of the source to their titles; ``unknown`` counts elements nobody has described."""

    audience: str
    titles: Mapping[str, str]
    unknown: Counter[str] = field(default_factory=Counter)

    def address(self, page: str, audience: str | None = None) -> str:
        """The absolute address of a page of the site, for the audience given ("Professionnels") or that of the page at hand."""
        return page_url(page, (audience or self.audience).lower())


def page_url(page: str, audience: str) -> str:
    """The address of page ``page`` (F…, N…, R…) as ``audience`` (one of ``AUDIENCES``; another counts as the first) sees it."""
    return f"{SITE}/{_PATHS.get(audience, AUDIENCES[0])}/vosdroits/{page}"
