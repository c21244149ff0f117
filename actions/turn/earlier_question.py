"""Finds the earlier question that a message returns to ("pour revenir au bail"). Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from actions.messages.aspects import asked_in
from actions.messages.plain_words import plain
from retrieval.terms.analysis import terms


class EarlierQuestion(NamedTuple):
    """A message of the citizen. ``entry``: the page that answered it; empty if pages were offered."""

    text: str
    entry: str


def earlier_question(events: Iterable[Mapping[str, Any]], text: str) -> EarlierQuestion | None:
    """Returns the citizen's earlier message that shares most words with ``text``, the first of several; ``None`` without any.

    The titles of the pages shown for a message count as its words. The last message of ``events`` is the one that returns.
    """
    subject = set(terms(asked_in(plain(text))[1]))
    shared = [(len(subject & words), question) for question, words in _questions(events)[:-1]]
    most = max((count for count, _ in shared), default=0)
    return next((question for count, question in shared if count == most), None) if most else None


def _questions(events: Iterable[Mapping[str, Any]]) -> list[tuple[EarlierQuestion, set[str]]]:
    """Returns what the citizen typed, in order, each message with its words and those of the titles shown for it."""
    found: list[tuple[EarlierQuestion, set[str]]] = []
    for event in events:
        text = str(event.get("text") or "")
        if event.get("event") == "user" and text and not text.startswith("/"):
            found.append((EarlierQuestion(text, ""), set(terms(text))))
        elif event.get("event") == "bot" and found:
            custom, (question, words) = (event.get("data") or {}).get("custom") or {}, found[-1]
            titles = [(custom.get("block") or {}).get("title"), *(one.get("label") for one in custom.get("options") or ())]
            words |= set(terms(" ".join(filter(None, titles))))
            found[-1] = (question._replace(entry=question.entry or str(custom.get("entry") or "")), words)
    return found
