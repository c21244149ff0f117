"""Offices asked for by their own name, in a town with 26 more of them than the demonstration's; Thursday 3 December 2026."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.settings import ROOT
from places.answer import Found, Memory, NotKnown, Reply, WhichOffice, WhichPlace, choose_office, respond
from places.offices.named import has_other_name
from places.offices.names import words_of_name
from places.offices.office import Office
from places.offices.table import read_table
from places.place_data import PlaceData
from tests.unit.places.support import pages

NOW = datetime(2026, 12, 3, 10, tzinfo=ZoneInfo("Europe/Paris"))
SETS = ROOT / "tests" / "evaluation" / "places"
TOWN = Office(id="own", name="Ville de Valbourg", kind="mairie", commune="00006", commune_name="Valbourg", hours="24/7")


def named_offices() -> list[Office]:
    return list(read_table((SETS / "named_offices.csv").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> PlaceData:
    return pages(tmp_path_factory.mktemp("town"), TOWN, more=named_offices())


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> PlaceData:
    """The same offices without a town of its own."""
    return pages(tmp_path_factory.mktemp("country"), more=named_offices())


def told(reply: Reply | None) -> list[str]:
    """Returns the offices of ``reply``; of a kind's, which follow one another below a card, the first one."""
    if isinstance(reply, WhichOffice):
        return sorted(office.id for office in reply.offices)
    if isinstance(reply, Found):
        return [reply.offices[0].id]
    return [] if reply is None else ["unknown" if isinstance(reply, NotKnown) else "which"]


def conversation(data: PlaceData, *messages: str) -> Reply | None:
    reply, memory = None, Memory()
    for message in messages:
        reply, memory = respond(data, message, memory, NOW)
    return reply


@pytest.mark.parametrize("name", ["dev", "held_out", "last"])
def test_respond_to_the_name_of_an_office_returns_it_and_to_a_name_in_another_sense_nothing(town: PlaceData, name: str) -> None:
    rows = [json.loads(line) for line in (SETS / f"named_{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 40
    replies = ((row, told(respond(town, row["question"], Memory(), NOW)[0])) for row in rows)
    assert [(row["question"], came) for row, came in replies if came != sorted(row["offices"])] == []


def test_words_of_name_are_those_that_neither_kind_nor_commune_says() -> None:
    assert words_of_name("Médiathèque Olympe-de-Gouges", "mediatheque", "Clairval-sur-Orbe") == ("olympe", "gouge")
    assert words_of_name("Antenne de mairie des Capucins", "mairie", "Valbourg") == ("antenne", "capucin")
    assert words_of_name("Mairie de St-Aubry", "mairie", "Saint-Aubry") == ()
    assert words_of_name("Maison des associations", "its own", "Valbourg") == ("maison", "association")


@pytest.mark.parametrize("reply", ["celui des tilleuls", "centre social les tilleuls", "Tileuls"])
def test_respond_to_a_name_of_several_asks_which_and_takes_the_reply(town: PlaceData, reply: str) -> None:
    assert told(conversation(town, "le centre social est ouvert samedi ?")) == ["centre-capucins", "centre-tilleuls"]
    found = conversation(town, "le centre social est ouvert samedi ?", reply)
    assert isinstance(found, Found)
    assert (found.offices[0].id, found.opening.says, found.by_name) == ("centre-tilleuls", "day_open", True)


def test_choose_office_after_the_question_which_answers_for_the_day_asked(town: PlaceData) -> None:
    _, memory = respond(town, "le centre social est ouvert dimanche ?", Memory(), NOW)
    found, memory = choose_office(town, "centre-capucins", memory, NOW)
    assert isinstance(found, Found)
    assert (found.offices[0].id, found.opening.says) == ("centre-capucins", "day_closed")
    assert told(respond(town, "et demain ?", memory, NOW)[0]) == ["centre-capucins"]


@pytest.mark.parametrize(
    ("messages", "offices"),
    [
        (["où est la maison des associations ?"], ["maison-associations", "maison-associations-clairval"]),
        (["où est la maison des associations ?", "Clairval"], ["maison-associations-clairval"]),
        (["où est la maison des associations ?", "à Rennes"], ["unknown"]),
        (["où est la maison des associations ?", "mairie de Clairval"], ["mairie-clairval"]),
        (["où est la maison des associations ?", "comment faire un passeport ?"], []),
        (["j'habite à Clairval", "où est la maison des associations ?"], ["maison-associations-clairval"]),
        (["maison des associations de Clairval, horaires"], ["maison-associations-clairval"]),
        (["horaires de la maison des associations de Rennes"], []),  # it is not known; the pages may know more
        (["mairie de Clairval", "et le conservatoire ?"], ["conservatoire"]),
        (["horaires de france services"], ["which"]),
    ],
)
def test_respond_to_a_name_in_several_communes_takes_the_place(
    country: PlaceData, messages: list[str], offices: list[str]
) -> None:
    assert told(conversation(country, *messages)) == offices


def test_respond_prefers_the_towns_own_offices_and_names_no_other_for_a_name_that_it_lacks(town: PlaceData) -> None:
    assert told(conversation(town, "où est la maison des associations ?")) == ["maison-associations"]
    assert told(conversation(town, "horaires de france services")) == ["fs-valbourg"]
    assert told(conversation(town, "la france services la plus proche")) == ["which"]
    assert told(conversation(town, "horaires de la médiathèque Jean Jaurès")) == ["which"]
    assert has_other_name("horaires de la médiathèque Jean Jaurès")
    assert not has_other_name("horaires de la médiathèque municipale svp")


def test_respond_to_a_name_in_very_many_communes_asks_for_the_commune(tmp_path: Path) -> None:
    houses = [
        Office(id=f"house-{one}", name="Maison des associations", kind="x", commune=f"230{one}", commune_name=f"Ville{one}")
        for one in range(50, 70)
    ]
    data = pages(tmp_path, more=houses)
    asked, memory = respond(data, "adresse de la maison des associations", Memory(), NOW)
    assert asked == WhichPlace("")
    assert told(respond(data, "Ville60", memory, NOW)[0]) == ["house-60"]


def test_respond_with_a_directory_without_names_of_their_own_goes_on_as_before(tmp_path: Path) -> None:
    data = pages(tmp_path)
    assert told(conversation(data, "horaires du centre social Les Tilleuls")) == []
    assert told(conversation(data, "mairie annexe de Clairval")) == ["mairie-clairval"]
