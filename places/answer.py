"""From a message to the office that it asks for, and whether that office is open. Pure, except that it reads the directory.

``Memory`` is what a conversation remembers about places. It is a slot and ends with the conversation.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from places.communes.place import Place
from places.hours.requested_time import When, requested_time
from places.hours.schedule import HoursUnreadable, Schedule
from places.mentions.finder import Mention, find
from places.named_offices import ByName, chosen_by_name, offices_by_name
from places.offices.kinds import kinds
from places.offices.named import has_other_name
from places.offices.office import Office
from places.offices.request import Asks, Request, asks_nearest, errand_in, follow_up_in, request_in
from places.place_data import PlaceData
from places.words import folded, key_of

_MOST_OFFICES = 3
_MOST_CHOICES = 6
_LOOK_AHEAD_DAYS = 14
_MOST_CHARACTERS = 300  # of a question that waits for its commune
_BY_NAME = "="  # instead of a kind, in a request that waits: the offices that its question names
_SHORT_WORDS = 8  # of the reply to "in which commune?"
_ANNEXE = re.compile(r"\b(?:annexes?|antennes?|deleguees?|quartiers?|secteurs?|proximite)\b")
_ZONE = ZoneInfo("Europe/Paris")
_HOUR = re.compile(r"\b(?:heures?|quand|midi|minuit|matin|soir|apres|\d{1,2} ?h)\b|\d ?h")


class Memory(NamedTuple):
    """The facts about places in one conversation.

    ``place``: code of the place where the citizen lives or asks for an office. ``office``: id of the office shown last.
    ``pending``: the request that waits for a commune (kind of office, what is asked of it, the question). ``day``: the day
    that was asked about last (ISO).
    """

    place: str = ""
    office: str = ""
    pending: str = ""
    day: str = ""


class Opening(NamedTuple):
    """The opening of an office now, or at the time that the citizen asks for.

    ``says``: ``open``, ``open_always``, ``lunch``, ``later``, ``closed``, ``holiday``, ``day_open``, ``day_closed``,
    ``day_holiday``, ``time_open``, ``time_closed``, ``part_closed``, ``hours_unknown``. ``at``: the day or moment asked for.
    ``change``: when the office closes, or opens next. ``spans``: its opening hours on that day, or part of the day.
    """

    says: str
    at: datetime | None = None
    change: datetime | None = None
    spans: tuple[tuple[datetime, datetime], ...] = ()


class Found(NamedTuple):
    """The offices to show, best first, and whether the first one is open. ``by_name``: the message gives the office's own
    name.
    """

    offices: tuple[Office, ...]
    opening: Opening
    by_name: bool = False


class WhichPlace(NamedTuple):
    """The citizen must name a commune: one of ``places``, or any commune where ``places`` is empty."""

    kind: str
    places: tuple[Place, ...] = ()


class NotKnown(NamedTuple):
    """The directory has no such office for ``place``."""

    kind: str
    place: str


class WhichOffice(NamedTuple):
    """The citizen must choose one of the offices that have the name."""

    offices: tuple[Office, ...]


Reply = Found | WhichPlace | WhichOffice | NotKnown


def respond(
    data: PlaceData, text: str, memory: Memory, now: datetime, *, about_own_office: bool = False
) -> tuple[Reply | None, Memory]:
    """Returns the reply to ``text`` and the new memory. There is no reply where ``text`` asks for no office.

    ``about_own_office``: the message asks for the administration's own hours ("vos horaires ?") and names no other office.
    """
    near = data.own.departement if data.own else ""
    mentions = find(text, data.places, near=near)
    if by_name := _named(data, text, mentions, memory, now):
        return by_name
    if memory.pending and not mentions and len(text.split()) <= _SHORT_WORDS and request_in(text) is None:
        # A commune was asked for, so "die" is the commune of that name, although it is an ordinary word too.
        mentions = find(f"mairie de {text.strip().title()}", data.places, near=near)
    request = request_in(text, tuple(mention.words for mention in mentions), after_office=bool(memory.office))
    if request is not None and request.asked == "phone" and not (mentions or memory.place or memory.office or data.own):
        request = None  # "comment contacter la CAF ?": a page answers this for everybody
    question = text
    if request is None and (continued := _continued_request(data, text, memory, mentions)) is not None:
        request, question = continued
        question = _with_day(question, memory, now)
        if not mentions and memory.office and (office := _office(data, memory.office)):
            return _with_opening(data, [office], question, memory, now)
    if request is None and about_own_office and data.own is not None and not mentions:
        return _with_opening(data, [data.own], text, memory, now)
    if request is None:
        home = next((mention.places[0].code for mention in mentions if len(mention.places) == 1), memory.place)
        return None, Memory(place=home)
    return _look_up(data, request, question, _relevant_mention(mentions), memory, now)


def office_for_errand(data: PlaceData, text: str, memory: Memory, now: datetime) -> Found | None:
    """Returns the office to show below the answer to a question about a place ("où refaire mon passeport ?").

    ``None`` where the citizen's place is not known, unless the office is the administration's own.
    """
    kind = errand_in(text)
    if kind is None:
        return None
    mention = _relevant_mention(find(text, data.places, near=data.own.departement if data.own else ""))
    reply, _ = _look_up(data, Request(kind, "where"), "", mention, memory, now)
    return reply if isinstance(reply, Found) else None


def choose_place(data: PlaceData, code: str, memory: Memory, now: datetime) -> tuple[Reply | None, Memory]:
    """Returns the reply to the pending question, after the citizen chose the commune with this code."""
    place = data.places.get(code)
    pending_request = _read_pending(memory)
    if place is None or pending_request is None:
        return None, memory
    request, question = pending_request
    return _look_up(data, request, question, Mention((place,), place.name, for_office=True), memory, now)


def choose_office(data: PlaceData, name: str, memory: Memory, now: datetime) -> tuple[Reply | None, Memory]:
    """Returns the reply to the pending question about the office ``name``, which is the nearest to where the citizen is."""
    office, pending_request = _office(data, name), _read_pending(memory)
    if office is None:
        return None, memory
    return _with_opening(data, [office], pending_request[1] if pending_request else "", memory, now)


def _write_pending(request: Request, question: str) -> str:
    return f"{request.kind} {request.asked} {question[:_MOST_CHARACTERS]}"


def _read_pending(memory: Memory) -> tuple[Request, str] | None:
    """Returns the request that waits for a commune, and its question."""
    kind, _, rest = memory.pending.partition(" ")
    asked, _, question = rest.partition(" ")
    return (Request(kind, cast("Asks", asked)), question) if question else None


def _named(
    data: PlaceData, text: str, mentions: Sequence[Mention], memory: Memory, now: datetime
) -> tuple[Reply, Memory] | None:
    """Returns the reply to a message that names an office, or one of those among which it was asked to choose."""
    waits = _read_pending(memory) if memory.pending and len(text.split()) <= _SHORT_WORDS else None
    if waits and waits[0].kind == _BY_NAME and request_in(text, tuple(mention.words for mention in mentions)) is None:
        chosen = chosen_by_name(data, waits[1], text)
        if chosen is not None:
            place = mentions[0].places[0] if len(mentions) == 1 and len(mentions[0].places) == 1 else None
            return _of_name(data, ByName((chosen,), waits[0].asked, place), waits[1], memory, now)
    found = offices_by_name(data, text, mentions, memory.place, after_office=bool(memory.office))
    return _of_name(data, found, text, memory, now) if found else None


def _of_name(data: PlaceData, named: ByName, question: str, memory: Memory, now: datetime) -> tuple[Reply, Memory]:
    """Returns the office that is named, or the question which one or in which commune."""
    place = _code_of(named.place) if named.place else memory.place
    pending = Memory(place, pending=_write_pending(Request(_BY_NAME, named.asked), question))
    if data.directory_file is None or len(named.offices) > _MOST_CHOICES:
        return WhichPlace(""), pending
    offices = data.directory_file.numbered([one.number for one in named.offices])
    if len(offices) > 1:
        return WhichOffice(tuple(offices)), pending
    reply, new_memory = _with_opening(data, offices, question, Memory(place), now)
    return reply._replace(by_name=True), new_memory


def _continued_request(data: PlaceData, text: str, memory: Memory, mentions: Sequence[Mention]) -> tuple[Request, str] | None:
    """Returns the request that a short message continues, and the question that says for which time."""
    short = len(text.split()) <= _SHORT_WORDS
    if memory.pending and mentions and short:
        return _read_pending(memory)
    office = _office(data, memory.office) if memory.office else None
    if office is None:
        return None
    asked: Asks | None = follow_up_in(text)
    if asked is None and mentions and short and all(mention.words in key_of(text) for mention in mentions):
        asked = "where" if len(text.split()) <= len(mentions[0].words.split()) + 3 else None
    return (Request(office.kind, asked), text) if asked else None


def _with_day(question: str, memory: Memory, now: datetime) -> str:
    """Returns ``question`` with the day that was asked about last, where it asks for an hour and names no day: "jusqu'à quelle
    heure ?".
    """
    today = now.astimezone(_ZONE).date()
    names_hour = _HOUR.search(folded(question)) and requested_time(question, today).day is None
    return f"{question} {date.fromisoformat(memory.day):%d/%m/%Y}" if names_hour and memory.day >= f"{today}" else question


def _relevant_mention(mentions: Sequence[Mention]) -> Mention | None:
    """Returns the place in which an office is asked for: the first one that follows an office, else the first one."""
    return next((mention for mention in mentions if mention.for_office), mentions[0] if mentions else None)


def _look_up(  # noqa: PLR0911 - a rule a line, in one place
    data: PlaceData, request: Request, question: str, mention: Mention | None, memory: Memory, now: datetime
) -> tuple[Reply, Memory]:
    own = data.own
    if request.kind == _BY_NAME and mention is not None:
        named, there = offices_by_name(data, question, (), memory.place, there=mention), mention.places[0]
        if named is None:
            return NotKnown("", there.name), Memory(_code_of(there))
        return _of_name(data, named, question, memory, now)
    if mention is None and not memory.place:
        if own is not None and own.kind == request.kind:
            home = data.places.get(own.commune)
            offices = _offices(data, own.kind, home, nearest=False) if home else [own]
            return _with_opening(data, _asked_first(offices, question), question, memory, now)
        offices = _in_own_commune(data, request.kind)
        if offices and not asks_nearest(question) and not has_other_name(question):
            return _with_opening(data, _asked_first(offices, question), question, memory, now)
        return WhichPlace(request.kind), Memory(pending=_write_pending(request, question))
    if mention is not None and len(mention.places) > 1:
        return WhichPlace(request.kind, mention.places[:_MOST_CHOICES]), Memory(
            memory.place, pending=_write_pending(request, question)
        )
    place = mention.places[0] if mention else data.places.get(memory.place) or data.places.departement(memory.place[1:])
    if place is None:
        return WhichPlace(request.kind), Memory(pending=_write_pending(request, question))
    code = _code_of(place)
    offices = _offices(data, request.kind, place, nearest=asks_nearest(question))
    new_memory = Memory(place=code)
    if not offices:
        return NotKnown(request.kind, place.name), new_memory
    offices = _asked_first(offices, question)
    if place.kind == "departement" and len(offices) > _MOST_OFFICES:
        return WhichPlace(request.kind), Memory(pending=_write_pending(request, question))
    return _with_opening(data, offices, question, new_memory, now)


def _code_of(place: Place) -> str:
    """Returns the code under which ``Memory`` keeps ``place``."""
    return f"d{place.code}" if place.kind == "departement" else place.code


def _offices(data: PlaceData, kind: str, place: Place, *, nearest: bool) -> list[Office]:
    """Returns the offices of ``kind`` for ``place``. ``nearest``: the nearest ones if the commune has none."""
    own, directory_file = data.own, data.directory_file
    if own is not None and own.kind == kind and own.commune in (place.code, place.within):
        there = directory_file.in_commune(kind, own.commune) if directory_file else []
        return [own, *(office for office in there if office.id != own.id and _is_annexe(office))]
    if directory_file is None:
        return []
    if place.kind == "departement":
        return directory_file.in_departement(kind, place.code)
    offices = directory_file.in_commune(kind, place.code)
    if not offices and place.within:
        offices = directory_file.in_commune(kind, place.within)
    serves_departement = kind in kinds() and not kinds()[kind].in_each_commune
    if not offices and (nearest or serves_departement):
        offices = directory_file.nearest(kind, place.departement, place.within or place.code)
    if not offices and (nearest or serves_departement):
        offices = directory_file.in_departement(kind, place.departement)
    return offices


def _in_own_commune(data: PlaceData, kind: str) -> list[Office]:
    """Returns the offices of ``kind`` in the administration's own commune, not those elsewhere that serve it."""
    own, directory_file = data.own, data.directory_file
    offices = directory_file.in_commune(kind, own.commune) if own and directory_file else []
    return [office for office in offices if own and office.commune == own.commune]


def _asked_first(offices: list[Office], question: str) -> list[Office]:
    """Returns ``offices`` with annexes first where ``question`` asks for one."""
    return sorted(offices, key=_is_annexe, reverse=True) if _ANNEXE.search(key_of(question)) else offices


def _is_annexe(office: Office) -> bool:
    """Decides whether an office is a further one of its kind, by its name: the first may be there as the town's own, too."""
    return _ANNEXE.search(key_of(office.name)) is not None


def office_of_citizen(data: PlaceData, kind: str, memory: Memory) -> Office | None:
    """Returns the citizen's own office of ``kind``; ``None`` if their place is not known, unless it is the administration's."""
    if not memory.place:
        return data.own if data.own and data.own.kind == kind else None
    place = data.places.get(memory.place)
    return next(iter(_offices(data, kind, place, nearest=False)), None) if place else None


def _office(data: PlaceData, name: str) -> Office | None:
    if data.own is not None and data.own.id == name:
        return data.own
    return data.directory_file.get(name) if data.directory_file else None


def _with_opening(
    data: PlaceData, offices: Sequence[Office], question: str, memory: Memory, now: datetime
) -> tuple[Found, Memory]:
    first, opening = offices[0], opening_of(offices[0], question, now)
    named = opening.at if opening.says.startswith(("day_", "time_", "part_")) else None
    asked = f"{named.date()}" if named else ""
    return Found(tuple(offices[:_MOST_OFFICES]), opening), Memory(memory.place, office=first.id, day=asked)


def opening_of(office: Office, question: str, now: datetime) -> Opening:
    """Returns the opening of ``office`` at the time that ``question`` asks for, or at ``now`` (aware)."""
    try:
        schedule = Schedule(office.hours, office.departement) if office.hours else None
    except HoursUnreadable:
        schedule = None
    if schedule is None:
        return Opening("hours_unknown")
    local = now.astimezone(schedule.zone)
    when = requested_time(question, local.date())
    if when.time is not None:
        return _at_time(schedule, when, local)
    if when.part is not None or when.day is not None:
        return _on_day(schedule, when.day) if when.part is None and when.day else _in_part(schedule, when, local)
    status = schedule.status(local)
    spans = tuple(schedule.on(local.date()))
    if status.now == "open":
        return Opening("open" if status.until else "open_always", local, status.until, spans)
    if status.now == "never":
        return Opening("hours_unknown")
    return Opening("closed" if status.now == "over" else status.now, local, status.next, spans)


def _on_day(schedule: Schedule, day: date) -> Opening:
    noon = datetime.combine(day, time(12), schedule.zone)
    if spans := schedule.on(day):
        return Opening("day_open", noon, None, tuple(spans))
    after = schedule.status(datetime.combine(day, time(23, 59), schedule.zone)).next
    if after is None:
        return Opening("hours_unknown")
    return Opening("day_holiday" if schedule.is_holiday(day) else "day_closed", noon, after)


def _in_part(schedule: Schedule, when: When, local: datetime) -> Opening:
    """Returns the opening in a part of a day: of the day named, else of the next one that opens in that part."""
    assert when.part is not None
    first, last = when.part
    ahead = [when.day] if when.day else [local.date() + timedelta(days=days) for days in range(_LOOK_AHEAD_DAYS)]
    for day in ahead:
        start, end = (datetime.combine(day, clock, schedule.zone) for clock in (first, last))
        spans = tuple(span for span in schedule.on(day) if span[0] < end and span[1] > start)
        if spans and (when.day or spans[-1][1] > local):
            return Opening("day_open", start, None, spans)
    moment = datetime.combine(ahead[0], first, schedule.zone)
    if not schedule.on(ahead[0]):
        return _on_day(schedule, ahead[0])
    after = schedule.status(moment).next
    return Opening("part_closed", moment, after, tuple(schedule.on(ahead[0]))) if after else Opening("hours_unknown")


def _at_time(schedule: Schedule, when: When, local: datetime) -> Opening:
    assert when.time is not None
    day = when.day
    if day is None:  # "entre midi et deux": on the next day that it opens at all
        days = (local.date() + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
        day = next((one for one in days if schedule.on(one)), local.date())
    elif when.time == time(0):
        day += timedelta(days=1)  # "vendredi à minuit" is the end of Friday
    moment = datetime.combine(day, when.time, schedule.zone)
    status = schedule.status(moment)
    if status.now == "open":
        if status.until is None:
            return Opening("open_always", moment)
        return Opening("time_open", moment, status.until, tuple(schedule.on(day)))
    if status.next is None:
        return Opening("hours_unknown")
    return Opening("time_closed", moment, status.next, tuple(schedule.on(day)))
