"""One office of a directory."""

import re
from datetime import date
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

_PAGE = re.compile(r"https?://[^\s()<>/]+/[^\s()<>]+")  # a page of a site, not only the site
_MAP = "https://www.openstreetmap.org/search?query="  # no tracker
MOST_ADDRESSES, LONGEST_LINE = 10, 300  # addresses besides the first one, and characters of one
type _Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]


class Office(BaseModel):
    """An office that the public can visit. ``kind``: one of ``kinds.yml``, or the directory's own word. ``commune``: its INSEE
    code.

    ``address``: on one line. ``other_addresses``: more to visit, each on one line, after its name and " : " if it has one.
    ``postal_address``: for letters, if it is another. ``hours``: in OpenStreetMap's format, empty if unknown. ``hours_note``:
    what they do not say ("sur rendez-vous l'après-midi"). ``appointment``: a page or a sentence. ``access``: for wheelchairs.
    ``serves``: INSEE codes of other communes that it serves. ``latitude`` and ``longitude`` in degrees, if both are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=64)
    commune: str = Field(min_length=5, max_length=5)
    commune_name: str = Field(min_length=1, max_length=100)
    postal_code: str = Field("", max_length=10)
    address: str = Field("", max_length=LONGEST_LINE)
    other_addresses: tuple[_Line, ...] = Field((), max_length=MOST_ADDRESSES)
    postal_address: str = Field("", max_length=LONGEST_LINE)
    hours: str = Field("", max_length=1_000)
    hours_note: str = Field("", max_length=500)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=254)
    website: str = Field("", max_length=500)
    appointment: str = Field("", max_length=500)
    access: str = Field("", max_length=300)
    serves: tuple[str, ...] = ()
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    source: str = Field("", max_length=100)
    source_url: str = Field("", max_length=500)
    verified_on: date | None = None

    @property
    def link(self) -> str:
        """Returns the address of its page, else of a map of its address; empty without either."""
        page = next((url for url in (self.source_url, self.website) if _PAGE.fullmatch(url)), "")
        return page or (f"{_MAP}{quote(self.address, safe='')}" if self.address else "")

    @property
    def departement(self) -> str:
        """Returns the number of the département of its commune."""
        return departement_of(self.commune)


def departement_of(commune: str) -> str:
    """Returns the number of the département of an INSEE code ("35", "2A", "974")."""
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]
