"""Training pairs made from the entries alone: a possible question of a citizen, and a text of the index that answers it."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.entry import Entry, passages
from retrieval.index import embedded_texts as texts
from retrieval.index.embedded_texts import head, sections
from tools.training.rewriting import as_asked

_SENTENCE = re.compile(r"(?<=[.;!?:])\s+|\n+")
_LINK = re.compile(r"\[([^\]]{8,120})\]\([^)]*/(F\d+|N\d+|[\w-]+)\)")
_LENGTHS = (25, 220)  # characters of a sentence that can replace a question
_COMMON = 2  # a sentence in more entries than this is typical of none of them


@dataclass(frozen=True)
class Pair:
    """A pair; ``entry`` is the place of the entry of ``passage``."""

    query: str
    passage: str
    entry: int


@dataclass(frozen=True)
class Material:
    """The material for pairs of one entry."""

    title: str
    head: str
    description: str
    sections: tuple[tuple[str, str], ...]  # heading, text of the index
    sentences: tuple[tuple[str, str], ...]  # sentence, and the text of the index for its section (or the head)
    mentions: tuple[str, ...]  # phrases by which other entries refer to this one


def plain(markdown: str) -> str:
    """Returns one line without list marks at its ends."""
    return texts.plain(markdown).strip(" -:|")


class Pairs:
    """Draws pairs. Equal seed and entries give equal pairs."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        split = [_sentences(entry) for entry in entries]
        spread = Counter(sentence for found in split for sentence in {sentence for sentence, _ in found})
        mentions = _mentions(entries)
        self.material = [
            Material(
                title=plain(entry.title),
                head=head(entry).text,
                description=plain(entry.description),
                sections=_headed(entry),
                sentences=tuple(one for one in found if spread[one[0]] <= _COMMON),
                mentions=tuple(sorted(mentions[entry.id])),
            )
            for entry, found in zip(entries, split, strict=True)
        ]
        self.neighbours = _linked(entries)

    def draw(self, place: int, chance: random.Random) -> Pair:
        """Returns a pair of the entry at ``place``, of a random kind among those for which it has material."""
        own = self.material[place]
        kinds = [(self._sentence, 5.0, own.sentences), (self._story, 2.0, own.sentences), (self._title, 1.5, own.title)]
        kinds += [(self._heading, 1.5, own.sections), (self._mention, 2.0, own.mentions)]
        kinds += [(self._description, 1.0, own.description)]
        able = [(kind, weight) for kind, weight, needs in kinds if needs]
        (made,) = chance.choices([kind for kind, _ in able], [weight for _, weight in able])
        query, passage = made(own, chance)
        return Pair(as_asked(query, chance), passage, place)

    @staticmethod
    def _sentence(own: Material, chance: random.Random) -> tuple[str, str]:
        sentence, section = chance.choice(own.sentences)
        if chance.random() < 0.4:
            sentence = f"{_some_words(own.title, chance)} {sentence}"
        return sentence, own.head if chance.random() < 0.7 else section

    @staticmethod
    def _story(own: Material, chance: random.Random) -> tuple[str, str]:
        several = chance.sample(own.sentences, min(2, len(own.sentences)))
        parts = [sentence for sentence, _ in several] + [_some_words(own.title, chance)]
        chance.shuffle(parts)
        return ". ".join(parts), own.head

    @staticmethod
    def _title(own: Material, chance: random.Random) -> tuple[str, str]:
        passages_of = [own.description or own.head, own.head, *[text for _, text in own.sections[:3]]]
        return _some_words(own.title, chance), chance.choice(passages_of)

    @staticmethod
    def _heading(own: Material, chance: random.Random) -> tuple[str, str]:
        heading, text = chance.choice(own.sections)
        return f"{heading} {_some_words(own.title, chance)}", text

    @staticmethod
    def _mention(own: Material, chance: random.Random) -> tuple[str, str]:
        return chance.choice(own.mentions), own.head

    @staticmethod
    def _description(own: Material, chance: random.Random) -> tuple[str, str]:
        return own.description, own.title if chance.random() < 0.5 or not own.sections else chance.choice(own.sections)[1]


def _some_words(title: str, chance: random.Random) -> str:
    """Returns the title, or usually a part of its words, in order."""
    words = title.split()
    kept = [word for word in words if chance.random() < 0.75] if chance.random() < 0.7 else words
    return " ".join(kept or words)


def _headed(entry: Entry) -> tuple[tuple[str, str], ...]:
    parts = passages(entry)
    found = []
    for text in sections(entry):
        headings = parts[text.passage].headings
        if headings:
            found.append((plain(headings[-1]), text.text))
    return tuple(found)


def _sentences(entry: Entry) -> list[tuple[str, str]]:
    """Returns sentences of the body with the index text of their section; first those that the index cuts off."""
    by_path = {passages(entry)[text.passage].headings: text.text for text in sections(entry)}
    overview = head(entry).text
    found: list[tuple[str, str]] = []
    for passage in passages(entry):
        section = by_path.get(passage.headings, overview)
        case = plain(passage.cases[-1]) if passage.cases else ""
        for sentence in _SENTENCE.split(passage.markdown):
            text = plain(sentence)
            if _LENGTHS[0] <= len(text) <= _LENGTHS[1] and text not in overview:
                found.append((f"{case}, {text}" if case and len(found) % 3 == 0 else text, section))
    return found


def _mentions(entries: Sequence[Entry]) -> dict[str, set[str]]:
    """Returns, for each entry, the labels of links to it in other entries, and the sentences around them."""
    ids = {entry.id for entry in entries}
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for passage in passages(entry):
            for sentence in _SENTENCE.split(passage.markdown):
                for label, target in _LINK.findall(sentence):
                    if target in ids and target != entry.id:
                        found[target].add(plain(label))
                        if len(plain(sentence)) <= _LENGTHS[1]:
                            found[target].add(plain(sentence))
    return found


def _linked(entries: Sequence[Entry]) -> list[frozenset[int]]:
    """Returns, for each entry, the places of those that must not be its negatives: related either way, or with the same
    title.
    """
    places = {entry.id: place for place, entry in enumerate(entries)}
    titles: dict[str, list[int]] = defaultdict(list)
    linked: list[set[int]] = [set() for _ in entries]
    for place, entry in enumerate(entries):
        titles[entry.title.casefold()].append(place)
        for link in entry.related:
            other = places.get(link.entry)
            if other is not None:
                linked[place].add(other)
                linked[other].add(place)
    for same in titles.values():
        for place in same:
            linked[place].update(same)
    return [frozenset(others - {place}) for place, others in enumerate(linked)]
