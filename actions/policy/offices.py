"""The step for "where" and "is it open": the office from the directory, or the question in which commune.

The only module of the actions that uses ``places``. Without a directory and without an own office it does nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from actions.policy.town_page import sought_town_page
from actions.replies.utterance import Reply, Utterance
from actions.turn.turn import Turn
from core.broken_links import LINK
from core.database.base import now
from core.decision_trace import note
from core.entry import passages
from core.nearest import CHOSEN_OFFICE, NEAREST_OF, payload_of
from core.opening_hours import day_and_time
from core.settings import Settings
from core.turns import ChoicesBlock, OpeningDays, Option, Outcome, PlaceBlock, Source
from places.answer import (
    Found,
    Memory,
    NotKnown,
    Opening,
    WhichOffice,
    WhichPlace,
    choose_office,
    choose_place,
    office_for_errand,
    office_of_citizen,
    respond,
)
from places.answer import Reply as Answer
from places.communes.place import Place
from places.hours.schedule import HoursUnreadable, clock, week_in_words
from places.offices.kinds import kind_in, kind_named
from places.offices.names import stem_of, words_of_name
from places.offices.office import Office
from places.offices.request import names_another_town
from places.place_data import PlaceDataLoader, loader_for
from places.words import key_of

_SLOT = "place"  # in the facts of the situation
_CHOSEN = "place:"  # before a commune's code, in the payload of a button
_OPENING = {
    response.removeprefix("utter_place_"): response
    for response in (
        *("utter_place_open", "utter_place_open_always", "utter_place_lunch", "utter_place_later", "utter_place_closed"),
        *("utter_place_holiday", "utter_place_day_open", "utter_place_day_closed", "utter_place_day_holiday"),
        *("utter_place_time_open", "utter_place_time_closed", "utter_place_part_closed", "utter_place_hours_unknown"),
    )
}
# Before the name of an office, in the title of a page about it.
_ABOUT_OFFICE = re.compile(r"(?:(?:horaires|heures|ouverture|acces|d|de|du|des|la|les?|l|et)\b ?)*")
# Links to a directory of offices, as the State's pages have them beside "Mairie", "Préfecture", "Caf".
_DIRECTORY = re.compile(r"annuaire|recherche|prefectures|contact|votre-caisse", re.IGNORECASE)
_books: dict[tuple[object, ...], PlaceDataLoader] = {}


def book_of(settings: Settings) -> PlaceDataLoader:
    """Returns the one book of this process."""
    key = (settings.home, settings.office_commune, settings.office_kind, settings.office_hours)
    if key not in _books:
        _books[key] = loader_for(settings)
    return _books[key]


def office(turn: Turn, *, ours: bool = False) -> Reply | Turn | None:
    """Answers a message that asks for an office; passes otherwise, or if no directory is in use.

    A place in the message is remembered in any case. ``ours``: the message asks for the administration's own hours, unless
    it names another office.
    """
    pages = book_of(turn.settings).open()
    if pages is None or not turn.text:
        return None
    answer, memory = respond(pages, turn.text, _memory(turn), now(), about_own_office=ours)
    if ours and answer == WhichPlace("mairie") and turn.settings.opening_hours:
        return None  # "horaires de la mairie", when the settings give the hours as a text
    if answer is not None and _is_on_town_page(asked := _asking_for_hours(turn), answer, pages.own):
        note("town_page_of_office")
        return asked
    return _answer(turn, answer, memory)


def _asking_for_hours(turn: Turn) -> Turn:
    """Returns ``turn`` with the hours of the named office before its text: "la déchetterie est ouverte dimanche après-midi ?"
    alone finds pages on Sundays.
    """
    named = kind_in(key_of(turn.text))
    return turn.with_text(f"{named[1][0]} : horaires. {turn.text}") if named else turn


def _is_on_town_page(turn: Turn, answer: Answer, own: Office | None) -> bool:
    """Decides whether the office of ``answer`` is the town's and has a page of the town's own: "Déchèterie : horaires".

    If it was asked for by its own name, the page must have that name.
    """
    name: tuple[str, ...] = ()
    match answer:
        case Found(offices=(office, *_)):
            kind, elsewhere = office.kind, own is None or office.commune != own.commune
            name = words_of_name(office.name, kind, office.commune_name) if answer.by_name else ()
        case WhichPlace():
            kind, elsewhere = answer.kind, False
        case NotKnown():
            kind, elsewhere = answer.kind, own is None or answer.place != own.commune_name
        case WhichOffice():
            return False
    page = None if elsewhere else sought_town_page(turn)
    title = key_of(page.title) if page else ""
    named = kind_in(title)
    if name and not set(name) & set(map(stem_of, title.split())):
        return False
    return named is not None and named[0] == kind and _ABOUT_OFFICE.fullmatch(title[: named[1].start()]) is not None


def chosen_place(turn: Turn, entry: str) -> Reply | Turn | None:
    """Answers a button that names a commune, or the office found by the position; passes for other buttons.

    The button that asks for the position was pressed where no position can be had: the commune is asked for again.
    """
    pages = book_of(turn.settings).open() if entry.startswith(_CHOSEN) else None
    if pages is None:
        return None
    if entry.startswith(NEAREST_OF):
        return _answer(turn, WhichPlace(entry.removeprefix(NEAREST_OF)), _memory(turn))
    if entry.startswith(CHOSEN_OFFICE):
        return _answer(turn, *choose_office(pages, entry.removeprefix(CHOSEN_OFFICE), _memory(turn), now()))
    return _answer(turn, *choose_place(pages, entry.removeprefix(_CHOSEN), _memory(turn), now()))


def with_office(turn: Turn, reply: Reply) -> Reply:
    """Returns ``reply`` with the office below it where the citizen can do it ("où faire ma carte d'identité ?")."""
    pages = None if turn.style.pays_by_segment else book_of(turn.settings).open()
    found = office_for_errand(pages, turn.text, _memory(turn), now()) if pages else None
    if found is None:
        return reply
    note("office_beside")
    card = _card(found.offices[0], found.opening, turn.language)
    return replace(reply, utterances=(*reply.utterances, card))


def with_own_offices(turn: Turn, reply: Reply) -> Reply:
    """Returns ``reply`` with its links to directories ("Mairie") leading to the citizen's own office, once it is known."""
    pages = None if turn.style.pays_by_segment else book_of(turn.settings).open()
    if pages is None:
        return reply
    memory = _memory(turn.with_user(reply.state.user) if reply.state else turn)

    def own(link: re.Match[str], page: str) -> str:
        kind = kind_named(link[1]) if _DIRECTORY.search(link[2]) else None
        found = office_of_citizen(pages, kind, memory) if kind else None
        if found is None or not found.link or set(found.name) & set("[]\\") or (kind == "mairie" and _is_elsewhere(turn, page)):
            return link[0]
        return f"[{found.name}]({found.link})"

    def led(said: Utterance) -> Utterance:
        block = said.custom.get("block") or {}
        before = block.get("body") or ""
        body = LINK.sub(lambda link: own(link, block.get("entry", "")), before)
        return said if body == before else replace(said, custom={**said.custom, "block": {**block, "body": body}})

    utterances = tuple(map(led, reply.utterances))
    return reply if utterances == reply.utterances else replace(reply, utterances=utterances)


def _is_elsewhere(turn: Turn, page: str) -> bool:
    """Decides whether a page may mean the town hall of another place than where the citizen lives, in any of its parts."""
    entry = turn.search.entry(page)
    return entry is None or any(names_another_town(passage.markdown) for passage in passages(entry))


def _answer(turn: Turn, answer: Answer | None, memory: Memory) -> Reply | Turn:
    facts = {name: kept for name, kept in turn.user.facts.items() if name != _SLOT}
    if any(memory):
        facts[_SLOT] = tuple(memory)
    turn = turn.with_user(turn.user.model_copy(update={"facts": facts}))
    if answer is None:
        return turn
    paid = turn.style.pays_by_segment
    said = utterances_of(answer, turn.language, turn.settings.contact, first_only=paid)
    if not paid and isinstance(answer, WhichPlace) and not answer.places:
        said = _with_nearest(turn, said, answer.kind)
    return turn.with_focus(None).reply(said)


def _with_nearest(turn: Turn, said: list[Utterance], kind: str) -> list[Utterance]:
    """Returns the question for the commune with a button for the nearest office, if positions of the kind are known."""
    pages = book_of(turn.settings).open()
    if pages is None or pages.directory_file is None or not pages.directory_file.has_positions(kind):
        return said
    (question,) = said
    block = ChoicesBlock(purpose="nearest", options=()).model_dump(mode="json")
    option = Utterance("utter_place_near", {"fill": "option", "payload": payload_of(NEAREST_OF + kind)}, {})
    return [replace(question, custom={**question.custom, "block": block}), option]


def _memory(turn: Turn) -> Memory:
    kept = turn.user.facts.get(_SLOT, ())
    return Memory(*kept[: len(Memory._fields)])  # a version before has written fewer


def utterances_of(answer: Answer, language: str, contact: str, *, first_only: bool) -> list[Utterance]:
    """Returns the utterances for ``answer``. ``first_only``: of several offices only the best one."""
    match answer:
        case Found():
            note("office", offices=len(answer.offices), opening=answer.opening.says)
            first, *others = answer.offices
            said = _card(first, answer.opening, language)
            shown = [] if first_only else [_block(office, language) for office in others]
            outcome = replace(said, custom={"outcome": Outcome.ANSWERED, **said.custom})
            return [outcome, *(Utterance("utter_place_other", {"block": block}, {}) for block in shown)]
        case WhichOffice():
            note("which_office", offices=len(answer.offices))
            options = ChoicesBlock(purpose="cases", options=_office_options(answer.offices)).model_dump(mode="json")
            return [Utterance("utter_place_several", {"outcome": Outcome.GUIDED, "block": options}, {})]
        case WhichPlace(places=()):
            note("which_place", places=0)
            return [Utterance("utter_place_which", {"outcome": Outcome.GUIDED}, {})]
        case WhichPlace():
            note("which_place", places=len(answer.places))
            options = ChoicesBlock(purpose="cases", options=tuple(map(_option, answer.places))).model_dump(mode="json")
            return [Utterance("utter_place_homonyms", {"outcome": Outcome.GUIDED, "block": options}, {})]
        case NotKnown():
            note("office_unknown")
            return [
                Utterance("utter_place_unknown", {"outcome": Outcome.NO_ANSWER}, {"place": answer.place, "contact": contact})
            ]


def _card(office: Office, opening: Opening, language: str) -> Utterance:
    return Utterance(_OPENING[opening.says], {"block": _block(office, language)}, _values(opening, language))


def _block(office: Office, language: str) -> dict[str, Any]:
    return block_of(office, language).model_dump(mode="json")


def _option(place: Place) -> Option:
    return Option(label=f"{place.name} ({place.departement})", payload=payload_of(_CHOSEN + place.code))


def _office_options(offices: Sequence[Office]) -> tuple[Option, ...]:
    """Returns a button for each of several offices, with its commune where they are not in the same one."""
    elsewhere = len({office.commune for office in offices}) > 1
    labels = (f"{one.name} ({one.commune_name})" if elsewhere else one.name for one in offices)
    return tuple(
        Option(label=label, payload=payload_of(CHOSEN_OFFICE + one.id)) for label, one in zip(labels, offices, strict=True)
    )


def block_of(office: Office, language: str) -> PlaceBlock:
    """Returns the card of ``office``. A response words the sentence about its present state."""
    return PlaceBlock(
        name=office.name,
        kind=office.kind,
        commune=office.commune_name,
        address=office.address,
        other_addresses=office.other_addresses,
        postal_address=office.postal_address,
        hours=_week(office, language),
        note=" · ".join(filter(None, (office.hours_note, office.email, office.access))),
        phone=office.phone,
        appointment=office.appointment,
        source=Source(name=office.source or office.name, url=office.source_url or office.website),
        verified_on=office.verified_on,
    )


def _week(office: Office, language: str) -> tuple[OpeningDays, ...]:
    try:
        week = week_in_words(office.hours, office.departement, language) if office.hours else []
    except HoursUnreadable:
        return ()
    return tuple(OpeningDays(days=days, times=times) for days, times in week)


def _values(opening: Opening, language: str) -> dict[str, str]:
    """Returns the values of the response: the requested day and time, when it opens or closes, and its hours on that day."""
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
