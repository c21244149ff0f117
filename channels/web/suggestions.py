"""Suggestions while a citizen types: titles of pages, and the questions that lead to them. Nothing that is typed is stored."""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from channels.web.questions import recently_shown
from core.database import Database
from core.database.models import EntryRow
from core.settings import Settings
from core.text.folding import fold

MOST = 5
MAX_CHARS = 120  # of what is typed: a longer text is a question that needs no suggestion
_FEWEST_CHARS = 3
_KEPT_SECONDS = 600.0
_EXAMINED = 2_000  # texts with all the words: more only share one very common beginning
_WORD = re.compile(r"[^\W_]+")
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "a au aux avec c ce cette comment d dans de des du elle en est et faire il j je l la le les leur ma mes mon n "
        "ne on ou par pas pour qu que quel quelle quelles quels qui s sa se ses si son sur t un une vos votre y the how "
        "do to of my what is are can i for and in"
    )
)


class Suggestion(BaseModel):
    """``text`` is the question that is offered, ``lang`` its language."""

    text: str
    lang: str


class Text(NamedTuple):
    """A title or wording of page number ``page``, how it is compared, and how often the page was ``asked`` for lately."""

    text: str
    folded: str
    lang: str
    page: int
    asked: int
    is_title: bool
    size: int


@dataclass(slots=True)
class Index:
    """Texts by their words. A word that is being typed is looked up by its beginning in the sorted ``words``."""

    texts: list[Text]
    words: list[str]
    places: dict[str, set[int]]

    @classmethod
    def of(cls, pages: Iterable[tuple[str, str, Iterable[str], int]]) -> Index:
        """Returns the index of ``pages``: (title, language, wordings, times asked for)."""
        texts: list[Text] = []
        places: defaultdict[str, set[int]] = defaultdict(set)
        for page, (title, lang, wordings, asked) in enumerate(pages):
            for number, text in enumerate((title, *wordings)):
                folded = fold(text)
                words = _WORD.findall(folded)
                for word in words:
                    places[word].add(len(texts))
                texts.append(Text(text, folded, lang, page, asked, number == 0, len(words)))
        return cls(texts, sorted(places), dict(places))

    def find(self, typed: str) -> list[Suggestion]:
        """Returns at most ``MOST`` texts, one a page, that have all words of ``typed``; the last word may be incomplete.

        First come texts that begin like ``typed``, then titles, pages that are asked for most, and short texts.
        """
        all_words = _words(typed)
        words = [word for word in all_words if word not in _EMPTY_WORDS]
        if not words or len("".join(words)) < _FEWEST_CHARS:
            return []
        incomplete = words[-1] if words[-1] == all_words[-1] and typed[-1:].isalnum() else ""
        sets = [self.places.get(word, set()) for word in words if word != incomplete]
        if incomplete:
            sets.append({place for word in self._words_beginning_with(incomplete) for place in self.places[word]})
        found = sorted(set.intersection(*sets))[:_EXAMINED]
        start = fold(typed.strip())

        def rank(text: Text) -> tuple[bool, bool, int, int, int]:
            return not text.folded.startswith(start), not text.is_title, -text.asked, text.size, text.page

        best: dict[int, Text] = {}
        for text in sorted((self.texts[place] for place in found), key=rank):
            best.setdefault(text.page, text)
        offered = {one.text.replace("\u00a0", " "): one.lang for one in best.values()}
        return [Suggestion(text=text, lang=lang) for text, lang in list(offered.items())[:MOST]]

    def _words_beginning_with(self, start: str) -> Iterator[str]:
        for at in range(bisect_left(self.words, start), len(self.words)):
            if not self.words[at].startswith(start):
                return
            yield self.words[at]


class Suggestions:
    """The suggestions of the published pages. There are none until the index exists; it is made in the background."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._index: Index | None = None
        self._until = 0.0
        self._making: asyncio.Task[None] | None = None

    def __call__(self, typed: str) -> list[Suggestion]:
        """Returns the suggestions for ``typed``, at once."""
        self.prepare()
        return self._index.find(typed[:MAX_CHARS]) if self._index else []

    def prepare(self) -> None:
        """Begins to make the index, if it is missing or old."""
        if self._settings.suggestions and time.monotonic() >= self._until and (self._making is None or self._making.done()):
            self._making = asyncio.create_task(self._make())

    async def ready(self) -> None:
        """Waits until the index that is being made exists."""
        if self._making:
            await self._making

    async def _make(self) -> None:
        self._until = time.monotonic() + _KEPT_SECONDS
        asked = recently_shown(self._settings)
        wanted = (
            select(EntryRow.title, EntryRow.locale, EntryRow.content["wordings"], asked.c.count)
            .outerjoin(asked, asked.c.key == EntryRow.id)
            .where(EntryRow.status == "published")
        )
        if self._settings.collection:
            wanted = wanted.where(EntryRow.collection == self._settings.collection)
        async with self._database.read() as session:
            rows = (await session.execute(wanted.order_by(EntryRow.collection, EntryRow.id))).all()
        self._index = await asyncio.to_thread(
            Index.of, [(title, locale, wordings or (), int(asked or 0)) for title, locale, wordings, asked in rows]
        )


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
