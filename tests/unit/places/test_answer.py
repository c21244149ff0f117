"""From a message to an office and its hours, with the demonstration's directory; Monday 30 November 2026, 10:00."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dotenv import dotenv_values

from cli.demonstration import IDENTITY
from core.settings import Settings
from places.answer import (
    Found,
    Memory,
    NotKnown,
    Reply,
    WhichPlace,
    choose_office,
    choose_place,
    office_for_errand,
    respond,
)
from places.offices.directory_file import DirectoryFileWriter
from places.offices.office import Office
from places.place_data import PlaceData, PlaceDataLoader, own_office
from tests.unit.places.support import communes_file, pages

NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Paris"))
_SECRETS = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
OWN = Office(
    id="own", name="Mairie", kind="mairie", commune="00001", commune_name="Clairval-sur-Orbe", hours="Mo-Fr 09:00-17:00"
)


@pytest.fixture
def known(tmp_path: Path) -> PlaceData:
    return pages(tmp_path)


def office(reply: Reply | None) -> tuple[str, str]:
    assert isinstance(reply, Found)
    return reply.offices[0].id, reply.opening.says


def test_respond_without_a_place_asks_and_goes_on_with_the_reply(known: PlaceData) -> None:
    reply, memory = respond(known, "la mairie est ouverte samedi ?", Memory(), NOW)
    assert reply == WhichPlace("mairie")
    reply, memory = respond(known, "à Clairval", memory, NOW)
    assert office(reply) == ("mairie-clairval", "day_open")  # Saturday is remembered
    assert memory == Memory("00001", "mairie-clairval", day="2026-12-05")


@pytest.mark.parametrize(("text", "place"), [("rue", "80688"), ("RENNES", "35238"), ("35000", "35238"), ("à valence", "26362")])
def test_respond_takes_a_name_that_is_a_word_too_once_a_commune_was_asked_for(known: PlaceData, text: str, place: str) -> None:
    _, memory = respond(known, "où est la mairie ?", Memory(), NOW)
    reply, memory = respond(known, text, memory, NOW)
    assert isinstance(reply, NotKnown)
    assert memory.place == place


def test_respond_to_another_question_once_a_commune_was_asked_for_lets_it_go(known: PlaceData) -> None:
    _, memory = respond(known, "où est la mairie ?", Memory(), NOW)
    assert respond(known, "laisse tomber", memory, NOW) == (None, Memory())


def test_respond_remembers_the_place_for_another_office(known: PlaceData) -> None:
    _, memory = respond(known, "j'habite à Valdoré et je veux un passeport", Memory(), NOW)
    assert memory == Memory("00004")
    reply, _ = respond(known, "quels sont les horaires de la mairie ?", memory, NOW)
    assert office(reply) == ("mairie-valdore", "open")


def test_respond_to_follow_up_is_about_the_office_shown(known: PlaceData) -> None:
    _, memory = respond(known, "mairie de Clairval", Memory(), NOW)
    reply, memory = respond(known, "et samedi ?", memory, NOW)
    assert office(reply) == ("mairie-clairval", "day_open")
    reply, memory = respond(known, "et à Valdoré ?", memory, NOW)
    assert office(reply) == ("mairie-valdore", "open")
    reply, memory = respond(known, "comment contester une amende ?", memory, NOW)
    assert reply is None
    assert memory == Memory("00004")  # the place stays, the office is no longer what is talked about
    assert respond(known, "et samedi ?", memory, NOW)[0] is None


def test_respond_to_an_office_alone_finds_its_abbreviated_commune(known: PlaceData) -> None:
    reply, _ = respond(known, "mairie de St Denis", Memory(), NOW)
    assert isinstance(reply, WhichPlace)
    assert len(reply.places) == 2
    reply, _ = respond(known, "et la CAF ?", Memory("00004", "mairie-valdore"), NOW)
    assert office(reply)[0] == "caf"


@pytest.mark.parametrize("text", ["horaires de la mairie de Saint-Denis", "mairie de St Denis"])
def test_respond_to_homonyms_offers_them_and_goes_on_with_the_choice(known: PlaceData, text: str) -> None:
    reply, memory = respond(known, text, Memory(), NOW)
    assert isinstance(reply, WhichPlace)
    assert [place.code for place in reply.places] == ["97411", "93066"]
    reply, _ = choose_place(known, "93066", memory, NOW)
    assert reply == NotKnown("mairie", "Saint-Denis")


@pytest.mark.parametrize(
    "text", ["La CAF me réclame 300 euros", "la mairie a fermé ma rue", "comment changer d'adresse à la CAF"]
)
def test_respond_to_a_question_that_only_names_an_office_returns_nothing(known: PlaceData, text: str) -> None:
    assert respond(known, text, Memory(), NOW) == (None, Memory())


def test_respond_without_a_directory_knows_the_own_office(tmp_path: Path) -> None:
    own = PlaceDataLoader(communes_file(tmp_path), tmp_path / "none.db", lambda: OWN).load()
    assert own is not None
    assert office(respond(own, "où est la mairie ?", Memory(), NOW)[0]) == ("own", "open")
    assert office(respond(own, "vos horaires ?", Memory(), NOW, about_own_office=True)[0]) == ("own", "open")
    assert respond(own, "vos horaires ?", Memory(), NOW)[0] is None


def test_book_without_directory_and_own_office_holds_nothing(tmp_path: Path) -> None:
    book = PlaceDataLoader(communes_file(tmp_path), tmp_path / "none.db")
    assert book.load() is None
    assert book.open() is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("où refaire ma carte d'identité ?", "mairie-valdore"),
        ("Où puis-je faire un passeport", "mairie-valdore"),
        ("ou demander une carte de séjour à Clairval", "prefecture"),
        ("où faire ma carte vitale ?", "cpam-valdore"),
        ("combien coûte un passeport ?", None),
        ("ma carte d'identité ou mon passeport suffit ?", None),
        ("où en est ma demande de passeport ?", None),
        ("où contester une amende ?", None),
    ],
)
def test_beside_a_question_where_something_is_done_returns_the_office_of_the_place(
    known: PlaceData, text: str, kind: str | None
) -> None:
    found = office_for_errand(known, text, Memory("00004"), NOW)
    assert (found.offices[0].id if found else None) == kind
    assert office_for_errand(known, text.replace(" à Clairval", ""), Memory(), NOW) is None


def test_office_for_errand_in_the_demonstration_is_its_town_hall_with_hours(tmp_path: Path) -> None:
    values = dotenv_values(stream=StringIO(IDENTITY), interpolate=False)
    given = {name.removeprefix("GUICHET_").lower(): value for name, value in values.items()}
    settings = Settings.model_validate({**Settings.model_construct().model_dump(), **_SECRETS, **given, "home": tmp_path})
    town = pages(tmp_path, own_office(settings))
    found = office_for_errand(town, "où faire ma carte d'identité ?", Memory(), NOW)
    assert office(found) == ("own", "open")
    reply, _ = respond(town, "la mairie de Valbourg est ouverte samedi ?", Memory(), NOW)
    assert office(reply) == ("own", "day_closed")
    reply, _ = respond(town, "où est la France services de Valbourg ?", Memory(), NOW)
    assert office(reply) == ("fs-valbourg", "open")


def _written(folder: Path, offices: list[Office], desk: list[Office], own: Office | None = None) -> PlaceData:
    file = folder / "places" / "offices.db"
    writer = DirectoryFileWriter(file, 1, "test")
    writer.add(desk, of_desk=True)
    writer.add(offices)
    writer.close()
    found = PlaceDataLoader(communes_file(folder), file, lambda: own).load()
    assert found is not None
    return found


def _at(number: int, kind: str, latitude: float | None, longitude: float | None = 0.0) -> Office:
    code = f"2300{number}"
    return Office(
        id=f"{kind}-{number}", name=kind, kind=kind, commune=code, commune_name=f"Villeneuve{number}", latitude=latitude
    ).model_copy(update={"longitude": longitude})


def test_respond_for_the_nearest_office_measures_from_the_town_hall(tmp_path: Path) -> None:
    halls = [_at(number, "mairie", 46.0 + number / 10) for number in range(1, 6)]
    others = [_at(1, "france_services", 46.1), _at(4, "france_services", 46.4), _at(5, "caf", None), _at(2, "caf", 46.2)]
    known = _written(tmp_path, [*halls, *others, _at(1, "caf", 46.1)], [])
    assert office(respond(known, "la maison france services la plus proche de Villeneuve3", Memory(), NOW)[0])[0] == (
        "france_services-4"
    )
    near_me = respond(
        known, "j'habite à Villeneuve5, où est la maison france services la plus près de chez moi ?", Memory(), NOW
    )
    assert office(near_me[0])[0] == "france_services-4"
    assert isinstance(respond(known, "où est la maison france services de Villeneuve3 ?", Memory(), NOW)[0], NotKnown)
    reply, _ = respond(known, "où est la caf de Villeneuve4 ?", Memory(), NOW)
    assert isinstance(reply, Found)
    assert [one.id for one in reply.offices] == ["caf-2", "caf-1"]
    nowhere = _written(tmp_path, [halls[0].model_copy(update={"latitude": None}), *others], [])
    unknown = respond(nowhere, "la maison france services la plus proche de Villeneuve1", Memory("23003"), NOW)[0]
    assert office(unknown)[0] == "france_services-1"  # its own


def test_office_of_the_desk_comes_before_the_one_of_the_settings(tmp_path: Path) -> None:
    hall = OWN.model_copy(update={"id": "mairie-clairval", "hours": "Mo-Fr 09:00-12:00; 2026 Nov 30 off"})
    from_settings = _written(tmp_path, [hall], [], OWN)
    assert office(respond(from_settings, "vos horaires ?", Memory(), NOW, about_own_office=True)[0]) == ("own", "open")
    of_desk = _written(tmp_path, [], [hall], OWN)
    assert office(respond(of_desk, "vos horaires ?", Memory(), NOW, about_own_office=True)[0]) == ("mairie-clairval", "closed")


@pytest.mark.parametrize(
    ("question", "says", "spans"),
    [
        ("la médiathèque de Clairval est ouverte mercredi après-midi ?", "day_open", ["14:00-18:00"]),
        ("la médiathèque de Clairval est ouverte mardi matin ?", "part_closed", ["14:00-18:30"]),
        ("mairie de Valdoré, ouverte l'après-midi ?", "day_open", ["14:00-17:30"]),  # of Wednesday, the next such day
        ("prud'hommes de Clairval ouvert l'après-midi ?", "part_closed", ["09:00-12:00"]),
        ("mairie de Clairval ouverte samedi après-midi ?", "part_closed", ["09:00-12:00"]),
        ("mairie de Montfleury dimanche matin ?", "day_closed", []),
        ("la CPAM de Clairval est ouverte à l'heure du déjeuner ?", "time_open", ["08:30-17:00"]),
        ("pause déjeuner de la déchetterie de Clairval ?", "time_closed", ["09:00-12:00", "14:00-18:00"]),
        ("la CAF de Clairval fait le pont de l'Ascension ?", "day_open", ["08:45-12:15", "13:15-16:30"]),
        ("la CAF de Clairval ouvre à l'Ascension ?", "day_holiday", []),
        ("je peux passer à la CAF de Clairval à 12h30 ?", "time_closed", ["08:45-12:15", "13:15-16:30"]),
    ],
)
def test_respond_about_a_part_of_the_day(known: PlaceData, question: str, says: str, spans: list[str]) -> None:
    reply, _ = respond(known, question, Memory(), NOW)
    assert isinstance(reply, Found)
    found = [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in reply.opening.spans]
    assert (reply.opening.says, found) == (says, spans)


def test_respond_to_an_hour_alone_is_about_the_day_asked_before(known: PlaceData) -> None:
    _, memory = respond(known, "la mairie de Clairval ouvre samedi ?", Memory(), NOW)
    reply, memory = respond(known, "jusqu'à quelle heure ?", memory, NOW)
    assert isinstance(reply, Found)
    assert (reply.opening.says, f"{reply.opening.spans[-1][1]:%A %H:%M}") == ("day_open", "Saturday 12:00")
    reply, _ = respond(known, "et c'est ouvert maintenant ?", memory, NOW)
    assert office(reply) == ("mairie-clairval", "open")


def test_respond_for_the_nearest_of_which_the_commune_has_none(known: PlaceData) -> None:
    for question in ("le commissariat le plus proche de Saint-Aubry", "un commissariat pas loin de Saint-Aubry ?"):
        reply, _ = respond(known, question, Memory(), NOW)
        assert office(reply)[0] == "commissariat"
    assert isinstance(respond(known, "horaires du commissariat de Saint-Aubry", Memory(), NOW)[0], NotKnown)


def test_respond_with_the_towns_own_office_shows_its_annexes_too(tmp_path: Path) -> None:
    annexe = OWN.model_copy(update={"id": "annexe", "name": "Mairie annexe des Prés", "address": "4 rue du Moulin"})
    again = OWN.model_copy(update={"id": "again", "name": "Mairie de Clairval"})
    data = pages(tmp_path, OWN, more=[annexe, again])
    for question, names in (("où est la mairie ?", ["own", "annexe"]), ("où est la mairie annexe ?", ["annexe", "own"])):
        reply, _ = respond(data, question, Memory(), NOW)
        assert isinstance(reply, Found)
        assert [one.id for one in reply.offices] == names


def test_choose_office_answers_the_question_that_waited(known: PlaceData) -> None:
    _, memory = respond(known, "la CAF est ouverte samedi ?", Memory(), NOW)
    reply, memory = choose_office(known, "caf", memory, NOW)
    assert office(reply) == ("caf", "day_closed")
    assert memory == Memory(office="caf", day="2026-12-05")  # where the citizen lives stays unknown
    assert choose_office(known, "gone", memory, NOW) == (None, memory)
