"""The option offered last that a typed text names, where the options have no numbers."""

from __future__ import annotations

import pytest

from conversations.signing import Signing
from conversations.worker.offers import Offers
from core.database.models.conversations import Conversation
from core.turns import ChoicesBlock, Option

SIGNING = Signing("secret")
PAGES = ('/choose{"entry": "F1"}', '/choose{"entry": "F2", "passage": 3}', '/choose{"entry": "F3"}')
NONE = "/none_of_these"
PARTS = ('/choose_case{"entry": "F1", "passage": 2}', '/choose{"entry": "F2"}')


def conversation(*payloads: str) -> Conversation:
    options = tuple(Option(label=f"Choix {number}", payload=payload) for number, payload in enumerate(payloads))
    (block,) = SIGNING.sign_choices("c", (ChoicesBlock(purpose="entries", options=options),))
    assert isinstance(block, ChoicesBlock)
    return Conversation(
        id="c", channel="web", options=[option.model_dump(include={"label", "payload"}) for option in block.options]
    )


@pytest.mark.parametrize(
    ("text", "offered", "picked"),
    [
        ("3", (*PAGES, NONE), PAGES[2]),
        ("le deuxième", (*PAGES, NONE), PAGES[1]),
        ("la première svp", (*PAGES, NONE), PAGES[0]),
        ("4", (*PAGES, NONE), None),
        ("3 enfants", (*PAGES, NONE), None),
        ("1", PARTS, None),  # an answer, with parts and pages below it: what is meant by a number?
        ("2", (*PAGES[:1], PARTS[0], NONE), None),
        ("2", (), None),
    ],
)
def test_offers_named_by_a_number_are_pages_only(text: str, offered: tuple[str, ...], picked: str | None) -> None:
    assert Offers(conversation(*offered), SIGNING).named_by(text) == picked
