"""Who says that they turn to another subject, or back to one: what is then asked is asked anew. Pure."""

from __future__ import annotations

from actions.aspects import asked_in
from actions.follow_up import pattern
from actions.plain_words import plain as plain_words
from actions.situation.reading import flat
from retrieval.lexical.analysis import terms


def turned_to(text: str) -> str:
    """What ``text`` asks after it has said that the subject changes; empty where it says no such thing, or only that."""
    folded, plain = flat(text), " ".join(text.split())
    turned = pattern("turns_to").match(folded)
    if turned is None or len(folded) != len(plain):
        return ""
    rest = plain[turned.end() :].lstrip(" ,.;:!?-")
    aspect, subject = asked_in(plain_words(rest))
    if aspect is not None and not terms(subject):
        return ""  # "dernière question : combien ça coûte ?": no subject is named, it is still the page's
    return rest if terms(rest) else ""
