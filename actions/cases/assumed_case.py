"""Decides which case of a fork is assumed for citizens who did not say theirs: the one that holds for nearly everybody."""

import re
from collections.abc import Mapping

from actions.cases.case_tree import Fork, fork_at, written
from actions.cases.dialogue_state import Focus, UserFacts, unpacked
from actions.cases.known_case import known_case
from actions.situation.ages import AGE, MAJORITY, about_child
from actions.situation.matching import applying, is_default, left_open
from actions.situation.places import AREA, COUNTRY, countries_named, places
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
    asked = focus.words
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
    asked = flat(focus.words)
    if _OTHER_PERSON.search(_MYSELF.sub(" ", asked)) or about_child(asked):
        return "other_person"
    if is_protected(entry, settings):
        return "protected"
    return "" if settings.assume_place or settings.assume_adult else "off"


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
