"""Blocks made of entries: the answer card and the buttons under it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from actions.excerpt import shorten
from core.entry import Entry, passages
from core.turns import AnswerBlock, ChoicesBlock, Option, Source

_MONTHS = 12
_SERVICES = 3


class Card(NamedTuple):
    """An answer card, and whether its body is only the beginning of the passage."""

    block: AnswerBlock
    shortened: bool


def answer_card(entry: Entry, passage: int, snapshot: str) -> Card:
    """The card that shows passage number ``passage`` of ``entry``; its first one where there is no such number.

    ``text`` and ``notice`` are left to the wording. Raises ``ValueError`` for an entry without any text.
    """
    found = passages(entry)
    if not found:
        raise ValueError(f"entry {entry.id} has no text")
    shown = found[passage] if 0 <= passage < len(found) else found[0]
    body, shortened = shorten(shown.markdown)
    block = AnswerBlock(
        entry=entry.id,
        entry_version=entry.version,
        snapshot=snapshot,
        locale=entry.locale,
        title=entry.title,
        headings=shown.headings,
        cases=shown.cases,
        body=body,
        source=Source(name=entry.source, url=entry.url),
        verified_on=entry.verified_on,
        services=tuple(Source(name=link.title, url=link.url) for link in entry.services if link.url)[:_SERVICES],
        sms_text="" if shown.cases else entry.sms_text,  # what is true for all says too little of one situation
    )
    return Card(block, shortened)


def entry_option(title: str, entry: str, passage: int = 0) -> Option:
    """A button that shows ``entry``; read back by ``action_show_entry``."""
    named: dict[str, str | int] = {"entry": entry} | ({"passage": passage} if passage else {})
    return Option(label=title, payload=f"/choose{json.dumps(named)}")


def choices(purpose: Literal["entries", "related"], options: Iterable[Option]) -> ChoicesBlock:
    return ChoicesBlock(purpose=purpose, options=tuple(options))


def is_old(verified_on: date, months: int, today: date) -> bool:
    """Whether ``verified_on`` lies more than ``months`` calendar months before ``today``."""
    elapsed = (today.year - verified_on.year) * _MONTHS + today.month - verified_on.month
    return elapsed > months or (elapsed == months and today.day > verified_on.day)
