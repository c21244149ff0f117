"""The offices that a message asks for by their own name, or a part of it: "horaires du centre social Les Tilleuls".

A name in a message is a run of words that are in names of the directory, with little words between. Words weigh the more,
the fewer offices have them. An office counts if the run says enough of its name, and its name enough of the run.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from places.mentions import context
from places.mentions.candidates import Token, read_tokens
from places.offices.kinds import kind_in
from places.offices.name_index import NamedOffice, NameIndex
from places.offices.names import name_list, place_words, stem_of
from places.offices.request import Asks, request_by_name

_MOST_WORDS = 25  # of a message; a longer one asks for more than an office
_MOST_UNKNOWN = 4  # words of a message that are compared with all words of names
_RARE = 3  # words of a run by which offices are looked up
_OF_RUN = 0.6  # the least share of the run's weight that the name must have
_OF_NAME, _OF_NAME_WITH_KIND, _OF_SURNAME = 0.6, 0.3, 0.4  # the least share of the name's weight that the run must have
_WHOLE = 0.999
_OF = frozenset({"de", "d", "du", "des"})

type Forms = dict[str, int]  # words of names that a word of the message may be, with the number of offices that have each


class Named(NamedTuple):
    """The ``offices`` that fit equally well, what is ``asked`` about them, and the words ``before`` and ``behind`` the name."""

    offices: tuple[NamedOffice, ...]
    asked: Asks
    before: str
    behind: str


class _Message(NamedTuple):
    """A message. ``marks``: numbers of the words after a punctuation mark; ``kind``: the kind that it names, and its words;
    ``places``: numbers of the words that name places; ``forms``: words of names, by the number of the message's word.
    """

    tokens: Sequence[Token]
    marks: frozenset[int]
    kind: str
    kind_at: range
    places: frozenset[int]
    forms: dict[int, Forms]


class _Fit(NamedTuple):
    """An office that fits: the ``weight`` of its words in the run, ``at`` which words of the message, whether its whole name
    is in it, whether a part that may stand alone as a message is.
    """

    weight: float
    at: frozenset[int]
    whole: bool
    bare: bool
    office: NamedOffice


def named_in(
    text: str, names: NameIndex, place_names: tuple[str, ...], communes: Sequence[str], *, after_office: bool = False
) -> Named | None:
    """Returns the offices that ``text`` asks for by name; ``None`` without any.

    ``place_names``: the folded words of its places. ``communes``: whose offices come first if very many have a name.
    ``after_office``: an office was shown just before, so that a part of a name is enough ("et le conservatoire ?").
    """
    message = _read(text, names, place_names)
    if message is None:
        return None
    for run in _runs(message):
        if _asked(message, _ends(message, run), place_names, bare=True) is None:
            continue  # most messages; nothing more is looked up for them
        fits = _fits(message, run, names, communes)
        if not fits:
            continue
        ends = _ends(message, [at for at in run if at in fits[0].at or at in message.kind_at])
        asked = _asked(message, ends, place_names, bare=after_office or all(fit.bare for fit in fits))
        if asked is not None:
            words, (first, last) = [token.raw for token in message.tokens], ends
            return Named(tuple(fit.office for fit in fits), asked, " ".join(words[:first]), " ".join(words[last + 1 :]))
    return None


def narrowed(offices: Sequence[NamedOffice], text: str, names: NameIndex) -> list[NamedOffice]:
    """Returns those of ``offices`` that a short reply to "which one?" names; none where it names all or none of them."""
    stems = [stem_of(token.word) for token in read_tokens(text) if not token.is_mark]
    said = {*stems, *(one for stem in stems for one in names.alike(stem))} if len(stems) <= _MOST_WORDS else set()
    common = set[str].intersection(*({*office.words} for office in offices))
    hits = [len(said & {*office.words, *place_words(office.commune_name)} - common) for office in offices]
    return [office for office, hit in zip(offices, hits, strict=True) if hit and hit == max(hits)]


def _read(text: str, names: NameIndex, place_names: tuple[str, ...]) -> _Message | None:
    """Returns what must be known of a message; ``None`` if it has no word of a name, or too many words."""
    marked = read_tokens(text[: _MOST_WORDS * 20])
    tokens = [token for token in marked if not token.is_mark]
    if not tokens or len(tokens) > _MOST_WORDS:
        return None
    marks = frozenset(sum(not token.is_mark for token in marked[:at]) for at, token in enumerate(marked) if token.is_mark)
    nothing = _little_words()
    stems = {at: stem_of(token.word) for at, token in enumerate(tokens)}
    telling = {at: stem for at, stem in stems.items() if stem not in nothing}
    counts = names.known(telling.values())
    forms: dict[int, Forms] = {at: {stem: counts[stem]} for at, stem in telling.items() if stem in counts}
    found = kind_in(" ".join(token.word for token in tokens))
    before = found[1].string[: found[1].start()].split() if found else []
    kind_at = range(len(before), len(before) + len(found[1][0].split())) if found else range(0)
    strange = [at for at in telling if at not in forms and at not in kind_at]
    compared = 0
    for at in strange:
        if context.is_ordinary(tokens[at].raw) and not _follows_name(at, stems, forms, kind_at):
            continue
        compared += 1
        if compared <= _MOST_UNKNOWN and (alike := names.alike(telling[at])):
            forms[at] = alike
    if not forms:
        return None
    return _Message(tokens, marks, found[0] if found else "", kind_at, _numbers_of(place_names, tokens), forms)


def _follows_name(at: int, stems: dict[int, str], forms: dict[int, Forms], kind_at: range) -> bool:
    """Decides whether a kind or a word of a name comes before word number ``at``, with joining words between."""
    at -= 1
    while at >= 0 and stems[at] in name_list("joining"):
        at -= 1
    return at in kind_at or at in forms


def _numbers_of(place_names: tuple[str, ...], tokens: Sequence[Token]) -> frozenset[int]:
    said = [token.word for token in tokens]
    found: set[int] = set()
    for name in place_names:
        words = name.split()
        for at in range(len(said) - len(words) + 1):
            if said[at : at + len(words)] == words:
                found.update(range(at, at + len(words)))
    return frozenset(found)


def _runs(message: _Message) -> list[list[int]]:
    """Returns the runs of words that may be a name, as the numbers of their words, without the little ones."""
    runs: list[list[int]] = []
    run: list[int] = []
    nothing, joining = name_list("small") | name_list("asking"), name_list("joining")
    for at, token in enumerate(message.tokens):
        stem = stem_of(token.word)
        belongs = at in message.forms or at in message.kind_at or at in message.places
        if at in message.marks and run:
            runs.append(run)
            run = []
        if belongs or (stem in name_list("beside") and run):
            run.append(at)
        elif stem not in joining and (stem in nothing or context.is_ordinary(token.raw)):
            if run:
                runs.append(run)
            run = []
        elif stem not in joining:
            run.append(at)  # a word that nobody knows may be the name of another office
    return [one for one in (*runs, run) if any(at in message.forms for at in one)]


def _fits(message: _Message, run: Sequence[int], names: NameIndex, communes: Sequence[str]) -> list[_Fit]:
    """Returns the offices that the run names best."""
    known = sorted((at for at in run if at in message.forms), key=lambda at: min(message.forms[at].values()))
    words = [word for at in known[:_RARE] for word in message.forms[at]]
    offices = names.offices_with(words, communes)
    counts = names.known(word for office in offices for word in office.words)
    fits = [fit for office in offices if (fit := _fit(message, run, office, names, counts))]
    best = max((fit.weight for fit in fits), default=0.0)
    fits = [fit for fit in fits if fit.weight >= best * _WHOLE]
    return [fit for fit in fits if fit.whole] or fits


def _fit(message: _Message, run: Sequence[int], office: NamedOffice, names: NameIndex, counts: Forms) -> _Fit | None:
    """Returns how ``office`` fits; ``None`` if its name is not what the run says. ``counts``: of the words of names."""
    said = {at: word for at in run if (word := next((one for one in message.forms.get(at, ()) if one in office.words), None))}
    with_kind = bool(message.kind) and any(at in message.kind_at for at in run)
    if not said or _is_another(message, run, office, said, with_kind=with_kind):
        return None
    neutral = place_words(office.commune_name) | name_list("beside")
    matched = set(said.values())
    weight = sum(names.weight(counts[word]) for word in matched)
    others = sum(
        min((names.weight(count) for count in message.forms.get(at, {"": 1}).values()), default=0.0)
        for at in run
        if at not in said
        and at not in message.kind_at
        and at not in message.places
        and stem_of(message.tokens[at].word) not in neutral
    )
    if weight < _OF_RUN * (weight + others):
        return None
    of_name = weight / sum(names.weight(counts[word]) for word in office.words)
    if not _is_enough(message, office, said, of_name, with_kind=with_kind):
        return None
    return _Fit(weight, frozenset(said), of_name >= _WHOLE, of_name >= _WHOLE or len(matched) + with_kind > 1, office)


def _is_another(message: _Message, run: Sequence[int], office: NamedOffice, said: dict[int, str], *, with_kind: bool) -> bool:
    """Decides whether the words ``said`` of an office's name are those of something else, or of any such office."""
    if with_kind and message.kind != office.kind and not set(message.kind_at) < set(said):
        return True  # "le tribunal Olympe de Gouges" is not the library of that name
    if not set(said.values()) - name_list("beside"):
        return True  # "la mairie annexe"
    before = " ".join(token.word for token in message.tokens[: min(said)])
    return context.is_named_after(before) or _is_indefinite(message, run)  # "rue Victor Hugo", "une crèche"


def _is_enough(message: _Message, office: NamedOffice, said: dict[int, str], of_name: float, *, with_kind: bool) -> bool:
    """Decides whether the words ``said`` of an office's name, ``of_name`` of its weight, name this office."""
    if with_kind and message.kind == office.kind:
        return of_name >= _OF_NAME_WITH_KIND
    words = list(dict.fromkeys(said[at] for at in sorted(said)))
    usual = all(context.is_ordinary(message.tokens[at].raw) or context.is_ordinary(word) for at, word in said.items())
    if usual and words != [word for word in office.words if word in words]:
        return False  # "des personnes en maison"
    if office.words[0] in words:
        return len(words) > 1 or _names_a_place(message, min(said), words[0])
    if len(words) > 1 and usual:  # "ouvert aux personnes handicapées" names no "Maison des personnes handicapées"
        return of_name >= _WHOLE or (office.words[0] in name_list("omitted") and words == [*office.words[1:]])
    if len(words) > 1:
        return of_name >= _OF_NAME
    return of_name >= _OF_SURNAME and not usual and words[0] == office.words[-1]


def _names_a_place(message: _Message, at: int, word: str) -> bool:
    """Decides whether word number ``at`` alone names a place, and is no part of another thing: "crèche d'entreprise"."""
    if at and at not in message.marks and stem_of(message.tokens[at - 1].word) not in _little_words():
        return False
    behind = [stem_of(token.word) for token in message.tokens[at + 1 : at + 3]]
    if len(behind) > 1 and behind[0] in _OF and at + 2 not in message.places and behind[1] not in name_list("asking"):
        return False
    return word in name_list("alone") or not (context.is_ordinary(message.tokens[at].raw) or context.is_ordinary(word))


def _little_words() -> frozenset[str]:
    return name_list("joining") | name_list("small") | name_list("asking")


def _is_indefinite(message: _Message, run: Sequence[int]) -> bool:
    return run[0] > 0 and message.tokens[run[0] - 1].word in name_list("indefinite")


def _asked(message: _Message, ends: tuple[int, int], place_names: tuple[str, ...], *, bare: bool) -> Asks | None:
    words, (first, last) = [token.word for token in message.tokens], ends
    start = len(" ".join(words[:first])) + (first > 0)
    end = start + len(" ".join(words[first : last + 1]))
    return request_by_name(" ".join(words), (start, end), place_names, bare=bare)


def _ends(message: _Message, run: Sequence[int]) -> tuple[int, int]:
    """Returns the numbers of the first and the last word of the name in ``run``."""
    named = [at for at in run if at in message.forms or at in message.kind_at]
    return named[0], named[-1]


def has_other_name(text: str) -> bool:
    """Decides whether ``text`` calls an office by a name that no dictionary has: "la médiathèque Jean Jaurès"."""
    tokens = [token for token in read_tokens(text) if not token.is_mark]
    found = kind_in(" ".join(token.word for token in tokens))
    behind = tokens[len(found[1].string[: found[1].end()].split()) :] if found else []
    ends = name_list("small") | name_list("asking")
    name = takewhile(lambda token: stem_of(token.word) not in ends, behind)
    nothing = name_list("joining") | name_list("beside")
    return any(stem_of(one.word) not in nothing and one.word.isalpha() and not context.is_ordinary(one.raw) for one in name)
