"""Relatives that a message or an item of a list names, in French: "ma mère", "du conjoint, d'un frère ou d'une sœur"."""

import re

from actions.situation.reading import flat

# Patterns for folded text, tried in order: what one has matched ("beau-père"), the next ones no longer see ("père").
_RELATIVES = {
    name: re.compile(rf"\b(?:{pattern})\b")
    for name, pattern in {
        "parent-in-law": r"(?:beaux?|belles?)[- ](?:peres?|meres?|parents?)",
        "sibling-in-law": r"(?:beaux?|belles?)[- ](?:freres?|soeurs?)",
        "child-in-law": r"(?:beaux?|belles?)[- ](?:fils|filles?|enfants?)|gendres?",
        "grandchild": r"petite?s?[- ](?:fils|filles?|enfants?)",
        "grandparent": r"grands?[- ](?:meres?|peres?|parents?)|mam[iy]e?s?|pap[iy]s?",
        "child": r"enfants?|fils|filles?|bebes?|gosses?|gamine?s?|nourrissons?|descendants?",
        "parent": r"meres?|peres?|parents|mamans?|papas?|ascendants?",  # "si l'enfant était lui-même parent" is about a child
        "partner": r"conjointe?s?|maris?|epou(?:x|ses?)|concubine?s?|partenaires?|compagn(?:ons?|es?)"
        r"|(?:ma|sa|votre) (?:femme|copine)|(?:mon|son|votre) copain",
        "sibling": r"freres?|soeurs?",
        "uncle": r"oncles?|tantes?",
        "nephew": r"neveux?|nieces?",
        "cousin": r"cousine?s?",
    }.items()
}


def relatives_in(text: str) -> frozenset[str]:
    """Returns the kinds of relatives that ``text`` names."""
    rest, found = flat(text), set[str]()
    for name, pattern in _RELATIVES.items():
        without = pattern.sub(" ", rest)
        if without != rest:
            found.add(name)
            rest = without
    return frozenset(found)
