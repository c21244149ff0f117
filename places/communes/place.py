"""One place that a citizen may name."""

from typing import Literal, NamedTuple

Kind = Literal["commune", "district", "departement", "epci"]


class Place(NamedTuple):
    """A commune, a municipal district ("Lyon 3e Arrondissement"), a département or an EPCI.

    ``code``: the INSEE code of a commune, district or département; the SIREN of an EPCI. ``within``: the commune of a
    district, the largest commune of an EPCI, else empty. ``population``: inhabitants, 0 if unknown.
    """

    kind: Kind
    code: str
    name: str
    departement: str
    population: int = 0
    postal_codes: tuple[str, ...] = ()
    within: str = ""
