"""A case that a message denies is not the citizen's."""

from __future__ import annotations

import pytest

from actions.situation.matching import named_in

_TIGHT = ["Zone tendue", "Autre"]
_PROTECTED = ["En secteur protégé", "Hors secteur protégé"]


@pytest.mark.parametrize(
    ("labels", "text", "expected"),
    [
        (_TIGHT, "mon appartement est en zone tendue", 0),
        (_TIGHT, "un appartement hors zone tendue", None),
        (_TIGHT, "Limoges, zone non tendue", None),
        (_TIGHT, "ce n'est pas en zone tendue", None),
        (_PROTECTED, "au fond de notre terrain, hors secteur protégé", 1),
        (_PROTECTED, "un abri hors lotissement", None),
        (["Pacs", "Mariage"], "nous n'avons pas de pacs, mais un mariage est prévu", 1),
    ],
)
def test_named_in_words_that_are_denied_name_no_case(labels: list[str], text: str, expected: int | None) -> None:
    assert named_in(labels, text) == expected
