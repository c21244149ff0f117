"""One place that a citizen may name."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["commune", "district", "departement", "epci"]


class Place(NamedTuple):
    """A commune, a municipal district ("Lyon 3e Arrondissement"), a département or an EPCI.

    ``code``: INSEE's of a commune, district or département, SIREN of an EPCI; ``within``: a district's commune, the largest
    one of an EPCI, else empty; ``population``: inhabitants, 0 where it is not known.
    """

    kind: Kind
    code: str
    name: str
    departement: str
    population: int = 0
    postal_codes: tuple[str, ...] = ()
    within: str = ""
