"""The offices that a message asks for by name, of those that the place in it, the citizen's or the town leave."""

from collections.abc import Sequence
from typing import NamedTuple

from places.communes.place import Place
from places.mentions.finder import Mention, find
from places.offices.name_index import NamedOffice
from places.offices.named import named_in, narrowed
from places.offices.office import departement_of
from places.offices.request import Asks
from places.place_data import PlaceData


class ByName(NamedTuple):
    """``offices``: those that fit equally well. ``place``: the place in the message, which is no part of their name."""

    offices: tuple[NamedOffice, ...]
    asked: Asks
    place: Place | None


def offices_by_name(
    data: PlaceData,
    text: str,
    mentions: Sequence[Mention],
    home: str,
    *,
    after_office: bool = False,
    there: Mention | None = None,
) -> ByName | None:
    """Returns the offices that ``text`` asks for by name; ``None`` where it asks for none, or names a place without one.

    ``mentions``: the places in ``text``. ``home``: the place of the citizen (``Memory``). ``after_office``: an office was shown
    just before. ``there``: the place that was named when asked for it.
    """
    names = data.directory_file.names if data.directory_file else None
    if names is None:
        return None
    communes = _communes(data, mentions, home)
    said = tuple(mention.words for mention in mentions)
    found = named_in(text, names, said, communes, after_office=after_office)
    if found is None:
        return None
    near = data.own.departement if data.own else ""
    # The name counts as an office, so that a place behind it is where the office is: "la maison des associations de Rennes".
    around = find(f"{found.before} mairie {found.behind}", data.places, near=near)
    mention = there or next((one for one in around if one.for_office), around[0] if around else None)
    place = mention.places[0] if mention and len(mention.places) == 1 else None
    if mention is not None:
        within = _within(found.offices, {code for one in mention.places for code in _codes(one)})
        if within or mention.for_office or there:
            return ByName(within, found.asked, place) if within else None
    for codes in (_home_codes(data, home), {data.own.commune} if data.own else set[str]()):
        if within := _within(found.offices, codes):
            return ByName(within, found.asked, place)
    return ByName(found.offices, found.asked, place)


def chosen_by_name(data: PlaceData, question: str, reply: str) -> NamedOffice | None:
    """Returns the office that ``reply`` names, of those among which ``question`` left the choice; ``None`` if it names none."""
    names = data.directory_file.names if data.directory_file else None
    asked = offices_by_name(data, question, (), "") if names else None
    found = narrowed(asked.offices, reply, names) if names and asked and len(asked.offices) > 1 else []
    return found[0] if len(found) == 1 else None


def _within(offices: Sequence[NamedOffice], codes: set[str]) -> tuple[NamedOffice, ...]:
    """Returns those of ``offices`` in the communes or départements with these codes."""
    return tuple(one for one in offices if one.commune in codes or f"d{departement_of(one.commune)}" in codes)


def _codes(place: Place) -> set[str]:
    return {f"d{place.code}"} if place.kind == "departement" else {place.code, place.within} - {""}


def _home_codes(data: PlaceData, home: str) -> set[str]:
    place = data.places.get(home) if home else None
    return _codes(place) if place else {home} - {""}


def _communes(data: PlaceData, mentions: Sequence[Mention], home: str) -> tuple[str, ...]:
    """Returns the communes whose offices are asked for first."""
    own = {data.own.commune} if data.own else set[str]()
    named = {code for mention in mentions for place in mention.places for code in _codes(place)}
    return tuple(sorted(named | _home_codes(data, home) | own))
