"""The step that answers "where" and "is it open": the office of the directory, or the question in which commune.

The one place in the actions that knows of ``places``. Without a directory and without an own office it does nothing.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, NamedTuple

from babel.dates import get_day_names

from actions.session.answering_session import AnsweringSession
from core.database.base import now
from core.decision_trace import note
from core.opening import day_and_time
from core.settings import Settings
from core.turns import ChoicesBlock, OpeningDays, Option, Outcome, PlaceBlock, Source
from places.answer import Found, Memory, NotKnown, Opening, Reply, WhichPlace, beside, choose, respond
from places.book import Book, book_for
from places.communes.place import Place
from places.hours.schedule import HoursUnreadable, Schedule, clock
from places.offices.office import Office

_SLOT = "place"  # of the situation's facts
_CHOSEN = "place:"  # before a commune's code, in the payload of a button
_OPENING = {
    "open": "utter_place_open",
    "open_always": "utter_place_open_always",
    "lunch": "utter_place_lunch",
    "later": "utter_place_later",
    "closed": "utter_place_closed",
    "holiday": "utter_place_holiday",
    "day_open": "utter_place_day_open",
    "day_closed": "utter_place_day_closed",
    "day_holiday": "utter_place_day_holiday",
    "time_open": "utter_place_time_open",
    "time_closed": "utter_place_time_closed",
    "hours_unknown": "utter_place_hours_unknown",
}
_books: dict[tuple[object, ...], Book] = {}


def book_of(settings: Settings) -> Book:
    """Returns the one book of this process."""
    key = (settings.home, settings.office_commune, settings.office_kind, settings.office_hours)
    if key not in _books:
        _books[key] = book_for(settings)
    return _books[key]


class Utterance(NamedTuple):
    """A ``response`` of ``domain.yml`` with its ``values``; ``custom`` is what the input channel makes a turn of."""

    response: str
    custom: dict[str, Any]
    values: dict[str, str]


def answer_office(session: AnsweringSession, text: str, *, ours: bool = False) -> bool:
    """Answers ``text`` where it asks for an office; false where it does not, or where no directory is in use.

    ``ours``: it asks for the administration's own hours, unless it names another office.
    """
    pages = book_of(session.settings).open()
    if pages is None or not text:
        return False
    reply, memory = respond(pages, text, _memory(session), now(), ours=ours)
    if ours and reply == WhichPlace("mairie") and session.settings.opening_hours:
        return False  # "horaires de la mairie", asked of one whose hours are set in words
    return _answer(session, reply, memory)


def choose_place(session: AnsweringSession, entry: str) -> bool:
    """Answers the press of a button that names a commune; false where it names something else."""
    pages = book_of(session.settings).open() if entry.startswith(_CHOSEN) else None
    if pages is None:
        return False
    return _answer(session, *choose(pages, entry.removeprefix(_CHOSEN), _memory(session), now()))


def add_office(session: AnsweringSession, text: str) -> None:
    """Shows, below the answer to ``text``, the office where to do what it asks for ("où faire ma carte d'identité ?")."""
    pages = None if session.style.pays_by_segment else book_of(session.settings).open()
    found = beside(pages, text, _memory(session), now()) if pages else None
    if found is not None:
        note("office_beside")
        response, custom, values = _card(found.offices[0], found.opening, session.language)
        session.replies.say(response, custom, **values)


def _answer(session: AnsweringSession, reply: Reply | None, memory: Memory) -> bool:
    facts = {name: kept for name, kept in session.situation.facts.items() if name != _SLOT}
    if any(memory):
        facts[_SLOT] = tuple(memory)
    session.situation = session.situation.model_copy(update={"facts": facts})
    if reply is None:
        return False
    session.subject = None
    paid = session.style.pays_by_segment
    for response, custom, values in utterances_of(reply, session.language, session.settings.contact, first_only=paid):
        session.replies.say(response, custom, **values)
    return True


def _memory(session: AnsweringSession) -> Memory:
    kept = session.situation.facts.get(_SLOT, ())
    return Memory(*kept) if len(kept) == len(Memory._fields) else Memory()


def utterances_of(reply: Reply, language: str, contact: str, *, first_only: bool) -> list[Utterance]:
    """Returns what is said of ``reply``; ``first_only``: of several offices the best one."""
    match reply:
        case Found():
            note("office", offices=len(reply.offices), opening=reply.opening.says)
            first, *others = reply.offices
            said = _card(first, reply.opening, language)
            shown = [] if first_only else [_block(office, language) for office in others]
            outcome = said._replace(custom={"outcome": Outcome.ANSWERED, **said.custom})
            return [outcome, *(Utterance("utter_place_other", {"block": block}, {}) for block in shown)]
        case WhichPlace(places=()):
            note("which_place", places=0)
            return [Utterance("utter_place_which", {"outcome": Outcome.GUIDED}, {})]
        case WhichPlace():
            note("which_place", places=len(reply.places))
            options = ChoicesBlock(purpose="cases", options=tuple(map(_option, reply.places))).model_dump(mode="json")
            return [Utterance("utter_place_homonyms", {"outcome": Outcome.GUIDED, "block": options}, {})]
        case NotKnown():
            note("office_unknown")
            return [
                Utterance("utter_place_unknown", {"outcome": Outcome.NO_ANSWER}, {"place": reply.place, "contact": contact})
            ]


def _card(office: Office, opening: Opening, language: str) -> Utterance:
    return Utterance(_OPENING[opening.says], {"block": _block(office, language)}, _values(opening, language))


def _block(office: Office, language: str) -> dict[str, Any]:
    return block_of(office, language).model_dump(mode="json")


def _option(place: Place) -> Option:
    payload = f"/choose{json.dumps({'entry': _CHOSEN + place.code})}"
    return Option(label=f"{place.name} ({place.departement})", payload=payload)


def block_of(office: Office, language: str) -> PlaceBlock:
    """Returns the card of ``office``; its sentence about now is a response's."""
    return PlaceBlock(
        name=office.name,
        kind=office.kind,
        commune=office.commune_name,
        address=office.address,
        hours=_week(office, language),
        note=office.hours_note,
        phone=office.phone,
        appointment=office.appointment,
        source=Source(name=office.source or office.name, url=office.source_url or office.website),
        verified_on=office.verified_on,
    )


def _week(office: Office, language: str) -> tuple[OpeningDays, ...]:
    try:
        schedule = Schedule(office.hours, office.departement) if office.hours else None
    except HoursUnreadable:
        schedule = None
    if schedule is None:
        return ()
    names = get_day_names("wide", locale=language)
    today = date.today()
    runs = schedule.week(today - timedelta(days=today.weekday()))
    return tuple(
        OpeningDays(
            days=names[first] if first == last else f"{names[first]} – {names[last]}",
            times=", ".join(f"{opens}–{closes}" for opens, closes in times),
        )
        for first, last, times in runs
        if times
    )


def _values(opening: Opening, language: str) -> dict[str, str]:
    """Returns the values of the response: the day and time asked for, when it opens or closes, and its times on that day."""
    values = {"times": ", ".join(f"{clock(opens)}–{clock(closes, closes=True)}" for opens, closes in opening.spans)}
    if opening.at is not None:
        values["day"], values["time"] = day_and_time(opening.at, language)
    if opening.change is not None:
        values["next_day"], values["next"] = day_and_time(opening.change, language)
        values["until"] = _until(opening, values["next"], values["next_day"])
    return values


def _until(opening: Opening, time: str, day: str) -> str:
    later = opening.at is not None and opening.change is not None and (opening.change - opening.at) > timedelta(hours=24)
    return f"{time} ({day})" if later else time
