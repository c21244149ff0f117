"""Options as they are written: what an older process must be able to read."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from core.turns import ChoicesBlock, Option, Source

SOURCE = Source(name="exemple", url="https://exemple.fr/F1")


class OldOption(BaseModel):
    """An option as the version before mini cards reads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    payload: str


def test_a_plain_option_is_written_with_its_label_and_payload_only() -> None:
    written = Option(label="Oui", payload="/affirm").model_dump(mode="json")
    assert written == {"label": "Oui", "payload": "/affirm"}
    assert OldOption.model_validate(written)
    block = ChoicesBlock(options=(Option(label="Oui", payload="/affirm"),))
    assert block.model_dump(mode="json")["options"] == [written]
    assert '"extract"' not in block.model_dump_json()


def test_a_mini_card_is_written_whole_and_read_again() -> None:
    card = Option(
        label="Carte",
        payload="/choose",
        entry="F1",
        entry_version=3,
        snapshot="s1",
        extract="La carte est gratuite.",
        source=SOURCE,
        verified_on=date(2020, 5, 12),
    )
    written = card.model_dump(mode="json")
    assert written == {
        "label": "Carte",
        "payload": "/choose",
        "entry": "F1",
        "entry_version": 3,
        "snapshot": "s1",
        "extract": "La carte est gratuite.",
        "source": {"name": "exemple", "url": "https://exemple.fr/F1"},
        "verified_on": "2020-05-12",
    }
    assert Option.model_validate(written) == card


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entry", "F1"),
        ("entry_version", 1),
        ("snapshot", "s1"),
        ("extract", "Oui."),
        ("source", SOURCE),
        ("verified_on", date(2020, 1, 1)),
    ],
)
def test_a_field_of_a_mini_card_is_written_where_it_is_there(field: str, value: object) -> None:
    option = Option.model_validate({"label": "Carte", "payload": "/choose", field: value})
    assert option.model_dump(mode="json", exclude={"label", "payload"}).keys() == {field}


def test_an_option_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Option.model_validate({"label": "Carte", "payload": "/choose", "colour": "red"})
