"""Finds the earlier question that a message returns to ("pour revenir au bail"). Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from actions.messages.aspects import asked_in
from actions.messages.plain_words import plain
from retrieval.terms.analysis import terms


def earlier_question(events: Iterable[Mapping[str, Any]], text: str) -> str:
    """Returns the citizen's earlier message that shares most words with ``text``, the first of several; empty without any.

    The titles of the pages shown for a message count as its words. The last message of ``events`` is the one that returns.
    """
    subject = set(terms(asked_in(plain(text))[1]))
    shared = [(len(subject & words), message) for message, words in _messages(events)[:-1]]
    most = max((count for count, _ in shared), default=0)
    return next((message for count, message in shared if count == most), "") if most else ""


def _messages(events: Iterable[Mapping[str, Any]]) -> list[tuple[str, set[str]]]:
    """Returns what the citizen typed, in order, each message with its words and those of the titles shown for it."""
    found: list[tuple[str, set[str]]] = []
    for event in events:
        text = str(event.get("text") or "")
        if event.get("event") == "user" and text and not text.startswith("/"):
            found.append((text, set(terms(text))))
        elif event.get("event") == "bot" and found:
            custom = (event.get("data") or {}).get("custom") or {}
            titles = [(custom.get("block") or {}).get("title"), *(one.get("label") for one in custom.get("options") or ())]
            found[-1][1].update(terms(" ".join(filter(None, titles))))
    return found
