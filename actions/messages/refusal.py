"""Finds what a refusal names instead: "non pas ça, l'allocation des indépendants". Pure."""

from __future__ import annotations

from actions.messages.follow_up_parser import pattern
from actions.situation.reading import folded_and_plain
from retrieval.terms.analysis import terms

_BETWEEN = " ,.;:!"
_FEWEST_TERMS = 2


def named_instead(text: str) -> str:
    """Returns what ``text`` asks for after it has refused something; empty if it only refuses."""
    both = folded_and_plain(text)
    if both is None:
        return ""
    (folded, plain), end = both, 0
    while refused := pattern("refuses").match(folded, end):
        end = refused.end()
        end += len(folded[end:]) - len(folded[end:].lstrip(_BETWEEN))
    rest = plain[end:]
    return rest if end and pattern("names_a_thing").match(folded, end) and terms(rest) else ""


def tells(text: str) -> bool:
    """Decides whether ``text`` states something by a negation and refuses nothing: "l'autre conducteur n'est pas assuré"."""
    both = folded_and_plain(text)
    return both is not None and pattern("refuses").match(both[0]) is None and len(set(terms(text))) >= _FEWEST_TERMS
