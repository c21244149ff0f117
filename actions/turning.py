"""Who says that they turn to another subject, or back to one: what is then asked is asked anew. Pure."""

from __future__ import annotations

from actions.follow_up import pattern
from actions.situation.reading import flat
from retrieval.lexical.analysis import terms


def turned_to(text: str) -> str:
    """What ``text`` asks after it has said that the subject changes; empty where it says no such thing, or only that."""
    folded, plain = flat(text), " ".join(text.split())
    turned = pattern("turns_to").match(folded)
    if turned is None or len(folded) != len(plain):
        return ""
    rest = plain[turned.end() :].lstrip(" ,.;:!?-")
    return rest if terms(rest) else ""
