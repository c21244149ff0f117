"""Ages in French and English: in messages, and in the labels of cases."""

import re
from collections.abc import Iterator

AGE = "age"
MAJORITY = 18
_OLDEST = 120
_YEARS = r"\s?(?:anos?|ans?|years?(?: old)?)\b"
_COUNT = r"(?:\d{1,3}|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze)"
# Years that are not an age: of a card, a lease, a marriage, a stay.
_NO_AGE = re.compile(
    r"\b(?:expir\w*|depuis|bail|baux|duree|anciennete|contrat|mandat|validite|valable|carte|titre|visa|peine|amende"
    r"|permis de conduire|mariage|vie commune|residence|sejour\w*|cotis\w*|engagement|anterieur\w*|travaux"
    r"|achev\w*|construi\w*|vehicule|credit"
    r"|formation|service|recrute\w*|since|for the (?:last|past))\b"
)
_PERSONS_AGE = re.compile(r"\b(?:locataire|personne|enfant|conjointe?|demandeur) a (?:moins|plus) de \d+ ans(?! d)")
# Spans of time in folded messages, which are no ages.
SPAN_SAID = re.compile(
    r"\b(?:depuis|pendant|durant|dans|d'ici|il y a(?: plus de| moins de)?|duree de|tous les|toutes les|since|ago)"
    rf"\s+(?:\w+\s+){{0,2}}{_COUNT}{_YEARS}"
    r"|\b(?:bail|contrat|credit|pret|cdd|mandat|peine|prison|visa|titre|carte|permis|garantie|formation|engagement|delai|duree)"
    rf" (?:de|sur) (?:plus de |moins de )?{_COUNT}{_YEARS}"
    rf"|\b{_COUNT}{_YEARS}\s+(?:d'anciennete|plus tard|apres|ago"
    r"|de (?:bail|permis|contrat|mariage|vie commune|residence|cotisation|prison|carriere|service))"
)
_RANGES: tuple[tuple[re.Pattern[str], int, int], ...] = (
    # (pattern, added to the first number for the lowest age, added to the last number for the highest age; -1: open)
    (
        re.compile(
            rf"\b(?:entre|de|from|between)\s+(\d{{1,3}})(?:{_YEARS})?\s+(?:et|a|and|to)\s+(?:moins de )?(\d{{1,3}}){_YEARS}"
        ),
        0,
        0,
    ),
    (re.compile(rf"\b(?:moins de|avant(?: l'age de)?|jusqu'a|under)\s+(?:ses |vos )?(\d{{1,3}}){_YEARS}"), -1, -1),
    (re.compile(rf"\b(\d{{1,3}}){_YEARS}\s*\(?(?:ou|et|and|or)\s+(?:(?:plus|over)\b|\+)"), 0, -2),
    (re.compile(rf"\b(\d{{1,3}}){_YEARS}\s*\(?(?:ou|or)\s+(?:moins|under)\b"), -1, -3),
    (
        re.compile(
            rf"(?:\b(?:plus de|a partir de|des|apres|au moins|over)|\+ de)\s+(?:l'age de |ses |vos )?(\d{{1,3}}){_YEARS}"
        ),
        0,
        -2,
    ),
    (re.compile(rf"\b(\d{{1,3}}){_YEARS}"), 0, -3),
    # "My daughter who is 15"; of a number before another word, the word says what it counts.
    (re.compile(r"\b(?:(?:who|he|she)(?: is|'s)|aged)\s+(\d{1,3})(?=\s*(?:[.,;!?]|$|and\b))"), 0, -3),
)
_NUMBER = re.compile(r"\d")  # in each of ``_RANGES``
_MONTHS = re.compile(
    r"\b(?:bebe|fils|fille|enfant|nourrisson|age)\b.{0,20}?\b\d{1,2} mois\b"
    r"|\b(?:mon|ma|un|notre) (?:bebe|nourrisson|nouveau-ne)\b"
)
_MINOR = re.compile(
    r"\bmineure?s?\b|\b(?:un|mon|notre|l'|(?<!combien )d')\s?enfants?\b|\b(?:mes|nos|des|les) enfants\b"
    r"|\bminors?\b|\bunder ?age\b|\b(?:an?|my) (?:child|kids?|children)\b"
)
_MINOR_LABEL = re.compile(r"\bmineure?s?\b|\bpour (?:un|votre|l') ?enfants?\b|^(?:l'|un )?enfants?$")
_ADULT = re.compile(r"(?<!force )\b(?:majeure?s?|adultes?|adults?|grown[- ]up)\b")
_ADULT_RELATIVE = re.compile(
    r"\b(?:pour|for|et)\s+(?:ma|mon|mes|nos|my)\s+(?:femme|mari|epou(?:x|se)|conjointe?|compagn(?:on|e)|mere|pere|parents"
    r"|grand-?(?:mere|pere|parents)|wife|husband|mother|father|mum|dad)\b"
)
_CHILD = re.compile(
    r"\b(?:enfants?|fils|(?<!nom de jeune )fille|bebe|petit[e-]|neveu|niece|ado(?:lescente?)?|gamine?|mineure?s?"
    r"|my (?:son|daughter|child|kids?))\b"
)
_NO_CHILD = re.compile(r"\b(?:pas|sans|ni|aucune?|jamais)(?: eu)?(?: d'| de| une?)? ?(?:enfants?|mineure?s?)\b")
_FOR_MYSELF = re.compile(r"\b(?:pour|pr|et|for) (?:moi|me|myself)\b")
_MYSELF = re.compile(r"\b(?:je|j'|moi|me|m'|mon|ma|mes|i|my|i'm)(?=\b|[a-z])")


def age_said(text: str) -> frozenset[str]:
    """Returns the ages that are possible according to folded ``text``, each as a number; empty if it states no age, or two
    different ones.
    """
    without = _NO_CHILD.sub(" ", SPAN_SAID.sub(" ", text))
    found = list(_ranges(without))
    if _MONTHS.search(without):
        found.append((0, 2))
    if not found and _MINOR.search(without):
        found.append((0, MAJORITY - 1))
    if _ADULT.search(without) and not re.search(r"\bmajeure?s? protege", without):
        found.append((MAJORITY, _OLDEST))
    if not found and _ADULT_RELATIVE.search(without):
        found.append((MAJORITY, _OLDEST))
    return _meet(found)


def age_demanded(label: str) -> frozenset[str]:
    """Returns the ages for which the case with this folded ``label`` is meant; empty for any age."""
    found = [] if _NO_AGE.search(label) and not _PERSONS_AGE.search(label) else list(_ranges(label))
    if not found and _MINOR_LABEL.search(label):
        found.append((0, MAJORITY - 1))
    if not found and _ADULT.search(label):
        found.append((MAJORITY, _OLDEST))
    return frozenset().union(*(_years(low, high) for low, high in found))


def without_ages(text: str) -> str:
    """Returns folded ``text`` without ages and words for the young and adults."""
    ranges = (pattern for pattern, _, _ in _RANGES) if _NUMBER.search(text) else ()
    for pattern in (*ranges, _MONTHS, _MINOR, _ADULT, _CHILD):
        text = pattern.sub(" ", text)
    return text


def about_child(text: str) -> bool:
    """Decides whether folded ``text`` is about a child."""
    return _CHILD.search(_NO_CHILD.sub(" ", text)) is not None


def about_oneself(text: str) -> bool:
    """Decides whether folded ``text`` is about its writer, and not about a child."""
    return _MYSELF.search(text) is not None and not about_child(text)


def asks_for_oneself(text: str) -> bool:
    """Decides whether folded ``text`` asks for its writer as well, or instead ("et pour moi ?")."""
    return _FOR_MYSELF.search(text) is not None and not about_child(text)


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    rest = text
    for pattern, below, above in _RANGES if _NUMBER.search(text) else ():
        matched = list(pattern.finditer(rest))
        for found in matched:
            numbers = [int(number) for number in found.groups()]
            low = numbers[0] + below if below == 0 else 0
            high = {0: numbers[-1], -1: numbers[-1] - 1, -2: _OLDEST, -3: numbers[-1]}[above]
            if low <= high <= _OLDEST:
                yield low, high
        if matched:
            rest = pattern.sub(" ", rest)


def _meet(ranges: list[tuple[int, int]]) -> frozenset[str]:
    if not ranges:
        return frozenset()
    return _years(max(low for low, _ in ranges), min(high for _, high in ranges))


def _years(low: int, high: int) -> frozenset[str]:
    return frozenset(str(year) for year in range(low, high + 1))
