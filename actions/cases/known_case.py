"""Decides which case of a fork is the citizen's: by their choices and statements, or by what holds for nearly everybody."""

import re
from collections.abc import Iterator, Mapping, Sequence

from actions.cases.case_tree import Fork, fork_at, forks, written
from actions.cases.dialogue_state import Focus, UserFacts, unpacked
from actions.situation.ages import AGE, MAJORITY, about_child
from actions.situation.denied_words import contradicted
from actions.situation.matching import applying, excluded, folded_label, is_default, left_open, named_in, plain_label
from actions.situation.places import AREA, COUNTRY, countries_named, places
from actions.situation.quantities import out_of_range
from actions.situation.reading import Facets, facts_in, flat, without_facts
from core.decision_trace import note
from core.entry import Address, Entry
from core.settings import Settings
from retrieval.terms.analysis import terms

_OLDEST = 120
# Another person than the writer: their place and age are not known.
_OTHER_PERSON = re.compile(
    r"\b(?:mon|ma|mes|notre|nos|son|sa|ses|leurs?|une?|d'une?|l'|d')\s?(?:fils|filles?|enfants?|bebes?|meres?|peres?|parents?|mari"
    r"|femme|epou\w+|conjoint\w*|compagn\w+|freres?|soeurs?|grand-?(?:mere|pere|parents?|oncle|tante)s?|amie?s?|voisine?s?"
    r"|cousine?s?|neveux?|nieces?|tante|oncle|(?:beau|belle)[- ]?(?:pere|mere|fils|fille|frere|soeur|parents?|famille)s?|copain"
    r"|copine|locataires?|salariee?s?|employee?s?|etudiante?s?|pupille|ado\w*|gamine?s?|nourrissons?|famille|tutrice|tuteur)\b"
    r"|\b(?:mamans?|papas?|mam(?:ie|y)s?|pap[iy]s?)\b"
    r"|\bmy (?:son|daughter|child|kids?|mother|mum|mom|father|dad|parents|husband|wife|partner|brother|sister|friend"
    r"|neighbou?r)\b"
    r"|\b(?:mis?|nuestr[oa]s?|meus?|minhas?|noss[oa]s?) (?:hij[oa]s?|filh[oa]s?|bebe|madre|mae|padres?|pai|marido|espos[oa]"
    r"|mujer|mulher|herman[oa]s?|irma\w*|abuel[oa]s?|avos?)\b"
)
_MYSELF = re.compile(r"\b(?:je suis|i am|i'm|soy) (?:une?|l'|d'|a|an)? ?\w+")  # "je suis un étudiant" is the writer
# Words of a label that state no condition beside a place, an age, a birthplace or a nationality.
_NO_CONDITION = frozenset(
    terms("vous résidez habitez vivez êtes domicilié installé demande jeune personne métropole métropolitaine français")
)
# True of most citizens, but never assumed: these cases only come first.
_USUAL: Facets = {"birth": frozenset({"france"}), "nationality": frozenset({"french"})}
_RESIDENCE = re.compile(
    r"\b(?:habit\w*|resid\w*|viv(?:ez|ons|ent|re|ant)|vi[st]|domicili\w*|expatri\w*|install\w*|live|living)\b"
)
# The label of a fork that asks where the citizen is or lives, and not where they travel.
_WHERE_ONE_IS = re.compile(rf"{_RESIDENCE.pattern}|^(?:vous etes |si vous etes )?(?:en france|a l'etranger|hors de france)$")
_TRAVELS = re.compile(
    r"\b(?:voyag\w*|demenag\w*|vacances|pars|part(?:s|ons|ir|ez)?|all(?:er|ons|ez)|v(?:ais|a) (?:a|au|aux|en|chez)|conduire"
    r"|rouler|sejour\w*|touris\w*|visit\w*"
    r"|week-?end|vol|avion|travel\w*|trip|holidays?)\b"
)


def known_case(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool = True) -> int | None:
    """Returns the number of the case that the citizen chose at ``fork``, or that follows from what they said; else ``None``.

    Without ``remembered``, only this question counts, and not earlier messages.
    """
    place = written(fork.address)
    if chosen := _at(place, focus.chosen):
        return chosen[-1]
    if place in focus.reopened:
        return None
    return next((case for case in _stated_cases(fork, focus, user, remembered=remembered) if case is not None), None)


def _stated_cases(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool) -> Iterator[int | None]:
    """Yields what each kind of statement says of the case at ``fork``, the surest first."""
    yield applying(fork.labels, _facts(fork, focus, user, remembered=remembered))
    yield from (_named(fork, text) for text in (focus.latest, focus.query) if text)
    out = _excluded_by_words(fork, focus)
    left = [number for number in range(len(fork.labels)) if number not in out]
    yield left[0] if out and len(left) == 1 else None
    if remembered:
        known = [number for number, label in enumerate(fork.labels) if plain_label(label) in user.labels]
        yield known[0] if len(known) == 1 else None
        yield from _at(written(fork.address), focus.assumed)[-1:]


def excluded_cases(fork: Fork, focus: Focus, user: UserFacts) -> frozenset[int]:
    """Returns the numbers of the cases of ``fork`` that are not the citizen's, from what they said; none if no case is left."""
    if written(fork.address) in focus.reopened:
        return frozenset()
    out = excluded(fork.labels, _facts(fork, focus, user, remembered=True)) | _excluded_by_words(fork, focus)
    return out if len(out) < len(fork.labels) else frozenset()


def _excluded_by_words(fork: Fork, focus: Focus) -> frozenset[int]:
    """Returns the numbers of the cases that a number ("12 m²") or a negation ("sans enfant") in the question excludes."""
    asked = _asked(focus)
    return out_of_range(fork.labels, asked) | contradicted(fork.labels, asked)


def _asked(focus: Focus) -> str:
    return f"{focus.query} {focus.latest}"


def _facts(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool) -> Facets:
    """Returns the known facts about the citizen that may distinguish the cases of ``fork``."""
    asked = _asked(focus)
    facts = {**(user.facts_for(focus.query) if remembered else facts_in(asked)), **unpacked(focus.facts)}
    if _only_travels(flat(asked)) and any(_WHERE_ONE_IS.search(folded_label(label)) for label in fork.labels):
        facts = {facet: values for facet, values in facts.items() if facet not in (COUNTRY, AREA)}
    return left_open(facts, fork.cases)


def decided_by(entry: Entry, text: str) -> dict[str, Address]:
    """Returns the cases of ``entry`` that ``text`` decides for, by the addresses (as written) of their forks."""
    facts = facts_in(text)
    decided: dict[str, Address] = {}
    for fork in forks(entry):
        case = applying(fork.labels, left_open(facts, fork.cases)) if facts else None
        case = _named(fork, text) if case is None else case
        if case is not None:
            decided[written(fork.address)] = (*fork.address, case)
    return decided


def _named(fork: Fork, text: str) -> int | None:
    """Returns the number of the case of ``fork`` that ``text`` names. A destination is not a home."""
    case = named_in(fork.labels, text)
    if case is not None and _WHERE_ONE_IS.search(folded_label(fork.labels[case])) and _only_travels(flat(text)):
        return None
    return case


def case_to_assume(fork: Fork, entry: Entry, focus: Focus, user: UserFacts, settings: Settings) -> int | None:
    """Returns the number of the case to assume for a citizen who did not say theirs: adults, and people who live in France.

    ``None`` if the settings assume neither, if another person than the writer is named, for protected subjects, if the
    citizen took the assumption back, and if the fork asks for anything else.
    """
    case, reason = _assumption(fork, entry, focus, user, settings, usual={})
    if case is None:
        note("not_assumed", reason=reason)
    else:
        note("assumed", case=fork.labels[case])
    return case


def likely_case(fork: Fork, entry: Entry, focus: Focus, user: UserFacts, settings: Settings) -> int | None:
    """Returns the number of the case of most citizens, for a text in which nothing is assumed: it only prefers this case.

    It is the one that ``case_to_assume`` returns, or that of a French citizen born in France.
    """
    return _assumption(fork, entry, focus, user, settings, _USUAL)[0]


def _assumption(
    fork: Fork, entry: Entry, focus: Focus, user: UserFacts, settings: Settings, usual: Facets
) -> tuple[int | None, str]:
    """Returns the number of the case to assume, and the reason if there is none. ``usual``: what is assumed, too."""
    if reason := _no_assumption(fork, entry, focus, settings):
        return None, reason
    return _case_of_most(fork, focus, user, settings, usual), "other_fork"


def _case_of_most(fork: Fork, focus: Focus, user: UserFacts, settings: Settings, usual: Facets) -> int | None:
    """Returns the number of the case of an adult with the ``usual`` facts who lives where the settings say; ``None`` if
    ``fork`` asks for more.
    """
    facts = dict(usual)
    if settings.assume_place:
        areas, _ = places(settings.assume_place, anywhere=True)
        facts |= {COUNTRY: frozenset({"france"})} | ({AREA: areas} if areas else {})
    if settings.assume_adult:
        facts[AGE] = frozenset(map(str, range(MAJORITY, _OLDEST + 1)))
    asked = _asked(focus)
    if countries_named(flat(asked)):  # "à Munich, consulat ou mairie en France ?" does not say where the writer lives
        facts = {AGE: facts[AGE]} if AGE in facts else {}
    known = {**user.facts_for(focus.query), **unpacked(focus.facts), **facts_in(asked)}
    if "france" not in known.get(COUNTRY, {"france"}):
        facts.pop(AREA, None)
    open_facts: Facets = {facet: values for facet, values in facts.items() if facet not in known}
    case = applying(fork.labels, left_open(open_facts, fork.cases)) if open_facts else None
    return case if case is not None and _states_no_condition(fork, case) else None


def _states_no_condition(fork: Fork, case: int) -> bool:
    """Decides whether the label of ``case`` has only usual facts, a place or an age, apart from the words of all labels.

    "Permis obtenu en France avant une expatriation" is an exception, and never assumed.
    """
    words = [set(terms(without_facts(label))) for label in fork.labels]
    common = set.intersection(*words) if len(words) > 1 else set()
    return is_default(fork.labels[case]) or not words[case] - common - _NO_CONDITION


def _no_assumption(fork: Fork, entry: Entry, focus: Focus, settings: Settings) -> str:
    """Returns the reason why nothing may be assumed at ``fork``; empty if an assumption is possible."""
    if written(fork.address) in focus.reopened:
        return "reopened"
    asked = flat(_asked(focus))
    if _OTHER_PERSON.search(_MYSELF.sub(" ", asked)) or about_child(asked):
        return "other_person"
    if is_protected(entry, settings):
        return "protected"
    return "" if settings.assume_place or settings.assume_adult else "off"


def _only_travels(asked: str) -> bool:
    """Decides whether folded text names a place as a destination, and not as the writer's home."""
    return _TRAVELS.search(asked) is not None and _RESIDENCE.search(asked) is None


def assumed_cases(entry: Entry, taken: Mapping[Address, int], focus: Focus, user: UserFacts) -> list[tuple[Fork, int]]:
    """Returns those of the cases ``taken`` on the way (by their forks' addresses) that were assumed, and not said since."""
    stated = focus.model_copy(update={"assumed": ()})
    assumed = [(fork_at(entry, address), case) for address, case in taken.items() if written((*address, case)) in focus.assumed]
    return [(fork, case) for fork, case in assumed if known_case(fork, stated, user) != case]


def is_protected(entry: Entry, settings: Settings) -> bool:
    """Decides whether ``entry`` is about a subject for which nothing is assumed (``GUICHET_PROTECTED_SUBJECTS``)."""
    names = [flat(name) for name in (*entry.theme, entry.title)]
    protected = [flat(subject.strip()) for subject in settings.protected_subjects.split(";") if subject.strip()]
    return any(subject in name for subject in protected for name in names)


def _at(place: str, addresses: Sequence[str]) -> list[int]:
    """Returns the cases among ``addresses`` that belong to the fork at ``place``."""
    return [int(one.rpartition(".")[2]) for one in addresses if one.rpartition(".")[0] == place]
