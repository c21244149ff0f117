"""Which e-mail address is taken from a message, and what of it may be shown."""

from __future__ import annotations

import pytest

from conversations.intake.mail_addresses import address_in, hint_of_address
from core.privacy.masking import mask


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jean.dupont@exemple.fr", "jean.dupont@exemple.fr"),
        ("mon adresse : Jean@Exemple.FR.", "Jean@Exemple.FR"),
        ("jean @ exemple.fr", "jean@exemple.fr"),
        ("non pas a@b.fr, plutôt c+d@e-f.co.uk", "c+d@e-f.co.uk"),
        ("o\u2019brien@exemple.ie", None),
        ("jean＠exemple.fr", "jean@exemple.fr"),
        ("jean@exemple", None),
        ("jean@exemple.f", None),
        ("jean..dupont@exemple.fr", None),
        ("jean@-exemple.fr", None),
        ("@exemple.fr", None),
        ("jérôme@exemple.fr", None),
        ("rendez-vous lundi", None),
        (f"{'a' * 65}@exemple.fr", None),
    ],
)
def test_a_complete_address_is_taken(text: str, address: str | None) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize("text", ["jean.dupont@exemple.fr", "jean @ exemple.fr", "jean＠exemple.fr", "mailto:Jean@Exemple.FR"])
def test_what_is_taken_is_masked(text: str) -> None:
    address = address_in(text)
    assert address
    masked = mask(text)
    assert masked.kinds == ("email",)
    assert "exemple" not in masked.text.lower()


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("jean.dupont@gmail.com", "j•••@gmail.com"),
        ("jean@dupont.fr", "j•••@d•••.fr"),
        ("jean@dupont.internationalising", "j•••@d•••.internationa"),
    ],
)
def test_the_hint_names_nobody(address: str, hint: str) -> None:
    assert hint_of_address(address) == hint
    assert len(hint) <= 24
