"""Matches a situation with the cases of a fork."""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from rapidfuzz import fuzz

from actions.situation.ages import AGE
from actions.situation.denied_words import affirmed_terms, denies
from actions.situation.places import AREA, COUNTRY, countries_named
from actions.situation.quantities import in_range
from actions.situation.reading import Facets, demanded, facts_in, flat, without_facts
from retrieval.terms.analysis import terms

# "General case", "other situation": applies if none of the others does.
_DEFAULT = re.compile(
    r"^(?:cas general$|(?:dans )?(?:les |un |une )?autres? |vous etes dans (?:une )?autre|vous etes dans un autre"
    r"|ailleurs|sinon|si ce n'est pas|etranger d'un autre|etudiant d'un autre|famille d'une autre)"
)
# "In another country": applies abroad, if no other case does.
_ELSEWHERE = re.compile(r"\bautres? (?:pays|etats?)\b")
_BUT = r"(?:hors|sauf|excepte|en dehors)\b[^,;()]*"
_BRACKETS = re.compile(r" ?\([^()]*\)")
_SAME = 88.0  # rapidfuzz ratio (0 to 100) from which a typed answer counts as a label with a typing error


_FRANCE = frozenset(terms("France français"))
_FRENCH, _IN_FRANCE = re.compile(r"\bfrancais"), re.compile(r"\bfrance\b")


@lru_cache(maxsize=4096)  # labels are few and belong to the pages; citizens' texts are not cached
def folded_label(label: str) -> str:
    """Returns ``flat(label)``."""
    return flat(label)


class _Fit(Enum):
    NO = 0
    UNKNOWN = 1
    PARTLY = 2
    YES = 3


@lru_cache(maxsize=4096)
def is_default(label: str) -> bool:
    """Decides whether ``label`` is the case for citizens to whom no other case applies."""
    return _DEFAULT.match(folded_label(label)) is not None


@lru_cache(maxsize=4096)
def is_elsewhere(label: str) -> bool:
    """Decides whether ``label`` is the case for people in none of the countries that the other cases name."""
    demand = demanded(label)
    return bool(_ELSEWHERE.search(folded_label(label))) and COUNTRY not in demand and "nationality" not in demand


def _is_other(label: str) -> bool:
    return is_default(label) or is_elsewhere(label)


def is_abroad(label: str) -> bool:
    """Decides whether ``label`` is the case for people who are or live outside France."""
    countries = demanded(label).get(COUNTRY, frozenset())
    return bool(countries) and "france" not in countries


def plain_label(label: str) -> str:
    """Returns ``label`` as it is compared and stored: folded, without brackets and introductory words."""
    bare = _BRACKETS.sub("", folded_label(label))
    return (
        re.sub(
            r"^(?:si|en cas d[e']|pour (?:un|une|le|la|les)|vous etes|vous avez|a|au|en|dans) ?(?:un |une |le |la |l')?",
            "",
            bare,
        ).strip(" .:")
        or bare
    )


def applying(labels: Sequence[str], situation: Facets) -> int | None:
    """Returns the number of the case that fits ``situation``, or ``None`` if it does not decide.

    A case applies if it is the only confirmed one and nothing supports another one; the default case applies if all others
    are excluded.
    """
    fits = _fits(labels, situation)
    abroad = "france" not in situation.get(COUNTRY, ())  # "En Europe", "dans un autre pays": neither is France
    others = [
        (is_default(label) or is_elsewhere(label)) and (abroad or not _ELSEWHERE.search(folded_label(label)))
        for label in labels
    ]
    defaults = [number for number, other in enumerate(others) if other and fits[number] is not _Fit.YES]
    named = [number for number in range(len(labels)) if number not in defaults]
    open_cases = [number for number in named if fits[number] is not _Fit.NO]
    borne_out = [number for number in open_cases if fits[number] is not _Fit.UNKNOWN]
    if len(borne_out) == 1 and (len(open_cases) == 1 or fits[borne_out[0]] is _Fit.YES):
        return borne_out[0]
    full = [number for number in borne_out if fits[number] is _Fit.YES]
    if len(full) == 1 and all(fits[number] is _Fit.UNKNOWN for number in open_cases if number not in full):
        return full[0]
    if not open_cases and len(defaults) == 1:
        return defaults[0]
    return None


def excluded(labels: Sequence[str], situation: Facets) -> frozenset[int]:
    """Returns the numbers of the cases that are impossible in ``situation``."""
    return frozenset(number for number, fit in enumerate(_fits(labels, situation)) if fit is _Fit.NO)


def left_by(labels: Sequence[str], reply: str) -> list[int]:
    """Returns the numbers of the cases (two or more) that are still possible after ``reply``, if it is about their differences;
    else none.
    """
    facts = facts_in(reply)
    others = [_is_other(label) for label in labels]
    # Each case, except catch-all ones, must depend on a facet of the reply: "J'habite au Maroc" does not say where someone's
    # parents were born.
    telling = _telling(tuple(labels))
    if not facts or not all(other or facts.keys() & demand.keys() for other, demand in zip(others, telling, strict=True)):
        return []
    left = [number for number, fit in enumerate(_fits(labels, facts)) if fit is not _Fit.NO]
    return left if len(left) > 1 and (len(left) < len(labels) or not terms(without_facts(reply))) else []


def borne_out(demand: Facets, situation: Facets) -> bool:
    """Decides whether a case, heading or title with the conditions ``demand`` is meant for ``situation``, without
    contradiction.
    """
    return _fit(demand, situation) in (_Fit.PARTLY, _Fit.YES)


def left_open(facts: Facets, enclosing: Sequence[str]) -> Facets:
    """Returns ``facts`` without those that the ``enclosing`` cases (labels) already settle, unless a fact is more precise.

    A page that asks for a country again under "En France" means another country, for example that of the theft. A page that
    asks for the department under a region can be answered for a citizen who named it, but not for one who only chose the
    region.
    """
    demands = [demanded(label) for label in enclosing]
    return {
        facet: values
        for facet, values in facts.items()
        if all(facet not in demand or values < demand[facet] for demand in demands)
    }


def named_in(labels: Sequence[str], text: str) -> int | None:
    """Returns the number of the only case all of whose label's own words are in ``text``, or ``None``.

    Words that ``text`` negates count only for a label that negates them too.
    """
    wanted = _own_terms(tuple(labels))
    folded = flat(text)
    written = set(terms(text))
    affirmed = affirmed_terms(text)
    held = []
    for number, label in enumerate(labels):
        if wanted[number] & _FRANCE and not (_FRENCH if "francais" in folded_label(label) else _IN_FRANCE).search(folded):
            continue  # "en France" has the stem of "français"
        # "Hors" alone says nothing: outside of what?
        said = set(terms(label)) <= written if denies(label) else wanted[number] <= affirmed
        if wanted[number] and not is_default(label) and said:
            held.append(number)
    widest = [number for number in held if all(wanted[other] < wanted[number] for other in held if other != number)]
    return widest[0] if len(widest) == 1 else None


def picked(labels: Sequence[str], reply: str) -> int | None:
    """Returns the number of the case that is meant by ``reply``, typed under the question with these labels; ``None`` if none
    is.
    """
    plain = [plain_label(label) for label in labels]
    answer = plain_label(reply)
    close = [fuzz.ratio(answer, label) for label in plain]
    best = max(range(len(labels)), key=close.__getitem__)
    if close[best] >= _SAME and close.count(close[best]) == 1:
        return best
    facts = facts_in(reply)
    found = _naming_country(labels, reply)
    if found is None and facts:
        found = applying(labels, facts)
    if found is None:
        found = in_range(labels, reply)
    if found is None:
        found = named_in(labels, reply)
    if found is None and _DEFAULT.match(flat(reply)):  # "ailleurs", "un autre pays"
        others = [number for number, label in enumerate(labels) if _is_other(label)]
        found = others[0] if len(others) == 1 else None
    return _most_words(labels, reply) if found is None else found


def _naming_country(labels: Sequence[str], reply: str) -> int | None:
    """Returns the only label that names the country of ``reply``, and not as an exception."""
    names = countries_named(flat(reply))
    named = [number for number, label in enumerate(labels) if names & countries_named(re.sub(_BUT, " ", folded_label(label)))]
    return named[0] if len(named) == 1 else None


def _fits(labels: Sequence[str], situation: Facets) -> list[_Fit]:
    """Returns how each case fits ``situation``."""
    return [_fit(demand, situation) for demand in _telling(tuple(labels))]


@lru_cache(maxsize=4096)
def _telling(labels: tuple[str, ...]) -> list[Facets]:
    """Returns the conditions of each case that are not common to all: the loss does not distinguish "Perte en France" from
    "Perte en Europe".
    """
    demands = [demanded(label) for label in labels]
    first = demands[0] if len(demands) > 1 else {}
    alike = {facet for facet in first if all(demand.get(facet) == first[facet] for demand in demands)}
    return [{facet: demand[facet] for facet in demand if facet not in alike} for demand in demands]


def _most_words(labels: Sequence[str], reply: str) -> int | None:
    """Returns the label that shares most words with ``reply``, if ``reply`` is short and all its words are in the labels."""
    present = set(terms(reply))
    shared = [len(own & present) for own in _own_terms(tuple(labels))]
    most = max(shared)
    known = set().union(*(terms(label) for label in labels))
    return shared.index(most) if present and present <= known and shared.count(most) == 1 else None


@lru_cache(maxsize=4096)
def _own_terms(labels: tuple[str, ...]) -> list[set[str]]:
    """Returns the terms of each label that not all of them have."""
    found = [set(terms(label)) for label in labels]
    common = set.intersection(*found) if len(found) > 1 else set()
    return [own - common for own in found]


def _fit(demand: Facets, situation: Facets) -> _Fit:
    known = {facet: values for facet, values in demand.items() if facet in situation}
    if any(not values & situation[facet] for facet, values in known.items()):
        return _Fit.NO
    if AREA in demand and "france" not in situation.get(COUNTRY, frozenset({"france"})):
        return _Fit.NO
    # That Paris is in France does not confirm that somebody is in Paris.
    agreed = [
        facet for facet, values in known.items() if situation[facet] <= values and not (facet == COUNTRY and AREA in demand)
    ]
    if not agreed or (AGE in known and AGE not in agreed):
        return _Fit.UNKNOWN
    return _Fit.YES if set(agreed) | ({COUNTRY} if AREA in agreed else set()) >= set(demand) else _Fit.PARTLY
