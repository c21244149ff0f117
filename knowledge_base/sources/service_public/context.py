"""The context of the conversion of one page: data from outside the page, and the converter's notes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

SITE = "https://www.service-public.fr"
AUDIENCES = ("particuliers", "professionnels", "associations")  # in order of precedence
_PATHS = {"particuliers": "particuliers", "professionnels": "professionnels-entreprises", "associations": "associations"}


@dataclass
class Context:
    """The context. ``titles`` maps the ids of all pages of the source to their titles; ``unknown`` counts unknown elements."""

    audience: str
    titles: Mapping[str, str]
    unknown: Counter[str] = field(default_factory=Counter)

    def address(self, page: str, audience: str | None = None) -> str:
        """Returns the absolute address of a page for ``audience`` ("Professionnels"), by default the present one."""
        return page_url(page, (audience or self.audience).lower())


def page_url(page: str, audience: str) -> str:
    """Returns the address of page ``page`` (F…, N…, R…) for ``audience`` (one of ``AUDIENCES``, by default the first)."""
    return f"{SITE}/{_PATHS.get(audience, AUDIENCES[0])}/vosdroits/{page}"
