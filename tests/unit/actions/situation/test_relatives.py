"""The relatives that a text names."""

from __future__ import annotations

import pytest

from actions.situation.relatives import relatives_in


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ma mère", {"parent"}),
        ("ma belle-mère", {"parent-in-law"}),  # and not the mother
        ("ma grand-mère et mes grands-parents", {"grandparent"}),
        ("ma petite-fille", {"grandchild"}),
        ("mon petit-fils, mes petits-enfants", {"grandchild"}),
        ("ma conjointe", {"partner"}),
        ("ma concubine", {"partner"}),
        ("ma cousine", {"cousin"}),
        ("je suis une femme", set()),  # "ma femme" is a relative
        ("si l'enfant était lui-même parent", {"child"}),
        ("du père, de la mère, d'un frère ou d'une sœur", {"parent", "sibling"}),
        ("mon passeport", set()),
    ],
)
def test_relatives_in_text_are_found_by_kind(text: str, named: set[str]) -> None:
    assert relatives_in(text) == named
