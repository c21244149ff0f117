"""Checks on a new directory before it replaces the one in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from places.offices.errors import DirectoryRefused
from places.offices.office import Office

_MAX_SHRINKING = 10  # how many times smaller a new directory may be
_MAX_DUPLICATES = 0.2  # share of offices that appear twice, under different ids


def check(offices: Sequence[Office], current: int) -> None:
    """Raises ``DirectoryRefused`` for a directory that is empty, full of duplicates, or much smaller than the one in use.

    ``current``: how many offices the one in use has.
    """
    if not offices:
        raise DirectoryRefused(
            "Le fichier ne contient aucun service avec une adresse : vérifiez-le. L'annuaire en service reste.",
            "The file has no office with an address: check it. The directory in use stays.",
        )
    if len(offices) * _MAX_SHRINKING < current:
        raise DirectoryRefused(
            f"Le fichier a {len(offices)} services, l'annuaire en service {current} : il est sans doute incomplet. "
            "Si c'est voulu, ajoutez --force.",
            f"The file has {len(offices)} offices, the directory in use {current}: it is probably incomplete. If it is meant, "
            "add --force.",
        )
    ids = Counter(office.id for office in offices)
    twice = [one for one, count in ids.items() if count > 1]
    same = Counter((office.kind, office.name, office.commune, office.address) for office in offices)
    duplicates = sum(count - 1 for count in same.values())
    if twice or duplicates > _MAX_DUPLICATES * len(offices):
        raise DirectoryRefused(
            f"Des services figurent deux fois ({(twice or ['même nom, même adresse'])[0]} …) : retirez les doublons. "
            "L'annuaire en service reste.",
            f"Offices are there twice ({(twice or ['same name, same address'])[0]} …): take the doubles out. "
            "The directory in use stays.",
        )
