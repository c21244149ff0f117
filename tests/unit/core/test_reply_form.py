"""What a process of the version before reads of a reply of this version."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.reply_form import FORM, block_in_form, turn_in_form
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, Outcome, PlaceBlock, TextBlock, Turn
from tests.unit.core import blocks_of_form_1 as before

_TURN = Turn.model_validate({"outcome": "choices", "blocks": before.ALL_BLOCKS, "snapshot": "s1"})


def test_blocks_of_this_version_are_refused_by_the_version_before() -> None:
    with pytest.raises(ValidationError, match="extract"):
        before.Turn.model_validate_json(_TURN.model_dump_json())


def test_turn_in_form_1_is_read_by_the_version_before() -> None:
    turn = turn_in_form(_TURN, 1)
    read = before.Turn.model_validate_json(turn.model_dump_json())
    assert [block.type for block in read.blocks] == ["text", "notice", "answer", "choices"]
    choices = read.blocks[-1]
    assert isinstance(choices, before.ChoicesBlock)
    assert [option.label for option in choices.options] == ["Renoncer", "Aucune"]
    assert (choices.text, choices.shown, turn.outcome, turn.snapshot) == ("Lequel ?", 1, Outcome.CHOICES, "s1")


@pytest.mark.parametrize("form", [1, 2])
def test_place_in_an_older_form_is_a_text_that_says_the_same(form: int) -> None:
    turn = Turn.model_validate({"outcome": "answered", "blocks": [before.PLACE]})
    read = before.Turn.model_validate_json(turn_in_form(turn, form).model_dump_json())
    assert read.blocks == (
        before.TextBlock(
            text="Mairie de Clairval\n1 place du Tilleul, 00100 Clairval\nOuvert en ce moment, jusqu'à 12:00.\n00 00 00 01 00"
        ),
    )
    assert turn_in_form(turn, FORM) is turn


def test_form_3_has_one_address_and_a_button_that_asks_for_the_commune() -> None:
    nearest = {"type": "choices", "purpose": "nearest", "text": "Où ?", "options": [{"label": "Ici", "payload": "/choose"}]}
    turn = Turn.model_validate({"outcome": "answered", "blocks": [before.PLACE, nearest]})
    place, choices = (block.model_dump(mode="json") for block in turn_in_form(turn, 3).blocks)
    assert place == {name: value for name, value in before.PLACE.items() if not name.endswith(("_address", "_addresses"))}
    assert (choices["purpose"], [option["label"] for option in choices["options"]]) == ("cases", ["Ici"])


def test_turn_in_this_form_stays_as_it_is() -> None:
    assert turn_in_form(_TURN, FORM) is _TURN
    assert block_in_form(before.CHOICES, FORM) == before.CHOICES


def test_blocks_of_the_version_before_are_read_by_this_version() -> None:
    old = before.Turn.model_validate({"outcome": "choices", "blocks": [block_in_form(one, 1) for one in before.ALL_BLOCKS]})
    assert Turn.model_validate_json(old.model_dump_json()) == turn_in_form(_TURN, 1).model_copy(update={"snapshot": ""})


@pytest.mark.parametrize(
    ("kind", "example"),
    list(
        zip(
            (TextBlock, NoticeBlock, AnswerBlock, ChoicesBlock, Option, PlaceBlock),
            (*before.ALL_BLOCKS, before.MINI_CARD, before.PLACE),
            strict=True,
        )
    ),
)
def test_field_that_is_new_begins_the_next_form(
    kind: type[TextBlock | NoticeBlock | AnswerBlock | ChoicesBlock | Option | PlaceBlock], example: dict[str, object]
) -> None:
    """Where this fails: ``core/reply_form.py`` must say what is written for the version before, which refuses the field."""
    assert kind.model_fields.keys() == example.keys()
