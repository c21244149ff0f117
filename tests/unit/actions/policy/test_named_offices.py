"""Several offices of a name on the website and by SMS, and the town's own page about another one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from actions.policy import offices
from core.settings import Settings
from core.turns import ChoicesBlock, PlaceBlock
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.policy.test_offices import OwnPage
from tests.unit.actions.talk import Talk, options
from tests.unit.places.support import communes_file, shelf_file
from tests.unit.places.test_named import named_offices

NOW = datetime(2026, 12, 3, 10, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def town(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(offices, "now", lambda: NOW)
    monkeypatch.setattr(offices, "_books", {})
    communes_file(tmp_path), shelf_file(tmp_path, named_offices())
    changed = settings.model_copy(update={"home": tmp_path, "office_commune": "00006", "office_kind": "mairie"})
    offices.book_of(changed).load()
    return changed


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_offices_of_one_name_are_offered_by_name_and_pressed(town: Settings, channel: str) -> None:
    talk = Talk(town, FakeKnowledge(), channel=channel)
    turn = await talk.say("le centre social est ouvert samedi ?")
    assert isinstance(turn.blocks[0], ChoicesBlock)
    assert (turn.outcome, [option.label for option in options(turn)]) == (
        "guided",
        ["Centre social Les Tilleuls", "Centre social des Capucins"],
    )
    (block,) = (await talk.press(options(turn)[0].payload)).blocks
    assert isinstance(block, PlaceBlock)
    assert (block.name, "samedi 5 décembre" in block.text) == ("Centre social Les Tilleuls", True)


@pytest.mark.parametrize(
    ("title", "question", "by_page"),
    [
        ("Médiathèque de Valbourg : horaires", "horaires de la médiathèque George Sand", False),
        ("Médiathèque George-Sand : horaires", "horaires de la médiathèque George Sand", True),
        ("Médiathèque de Valbourg : horaires", "horaires de la médiathèque", True),
    ],
)
async def test_the_towns_page_about_an_office_is_shown_for_a_name_that_it_has(
    town: Settings, title: str, question: str, by_page: bool
) -> None:
    turn = await Talk(town, OwnPage(title)).say(question)
    assert any(isinstance(block, PlaceBlock) for block in turn.blocks) is not by_page
