"""The entries of a snapshot in one file: one line of JSON each, read and parsed only on request."""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from core.entry import Entry
from retrieval.index.catalogue import Listed, listed

# The last part of a link's address, by which `service-public` and the editors' own links name an entry; and related entries.
_TO = re.compile(rb'\]\([^)\s]*/([\w-]+)\)|"entry":"([\w-]+)"')
_PARSED = 256  # parsed entries in the cache: an entry is usually requested again soon after it was found


def linked(names: Sequence[tuple[str, str]], contents: Sequence[bytes]) -> NDArray[np.int32]:
    """Returns, for each entry, how many others link to it. ``names`` are the collection and id of each, ``contents`` its
    JSON.
    """
    places = {name: place for place, name in enumerate(names)}
    found = np.zeros(len(names), np.int32)
    for (collection, own), content in zip(names, contents, strict=True):
        targets = {(collection, (first or second).decode()) for first, second in _TO.findall(content)}
        targets.discard((collection, own))
        for place in (places[target] for target in targets if target in places):
            found[place] += 1
    return found


def theme_of(theme: Sequence[str]) -> str:
    """Returns the name of a theme with the one above it; narrower themes have too few questions."""
    return " > ".join(theme[:2])


class EntryLine(NamedTuple):
    """One entry in the file. ``content`` is its JSON and a line feed."""

    listed: Listed
    title: str
    theme: str
    audiences: list[str]
    verified_on: str
    twins: list[str]
    national_pages: list[str]
    content: bytes

    @classmethod
    def of(cls, entry: Entry) -> EntryLine:
        day = entry.verified_on.isoformat() if entry.verified_on else ""
        content = entry.model_dump_json().encode() + b"\n"
        return cls(
            listed(entry),
            entry.title,
            theme_of(entry.theme),
            list(entry.audiences),
            day,
            list(entry.twins),
            list(entry.national_pages),
            content,
        )


class EntryFile:
    """The file of entries. Immutable and thread-safe. Only ids, titles and the data for filters and for the order are held in
    memory.
    """

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "entries.npz", allow_pickle=False) as data:
            self._offsets, self.linked = data["offsets"], data["linked"]
        heads = orjson.loads((folder / "entry_heads.json").read_bytes())
        self.ids: list[str] = heads["ids"]
        self.collections: list[str] = heads["collections"]
        self.audiences: list[list[str]] = heads["audiences"]
        self.versions: list[int] = heads["versions"]
        self.titles: list[str] = heads["titles"]
        self.themes: list[str] = heads["themes"]
        self.verified_on: list[str] = heads["verified_on"]
        self.twins: list[list[str]] = heads["twins"]
        # An index of an older version has none.
        self.national_pages: list[list[str]] = heads.get("national_pages") or [[] for _ in self.ids]
        self._digests: list[str] = heads["digests"]
        self._places = {key: place for place, key in reversed(list(enumerate(zip(self.collections, self.ids, strict=True))))}
        self._first = {entry_id: place for place, entry_id in reversed(list(enumerate(self.ids)))}
        with (folder / "entries.jsonl").open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if len(self.ids) else b""
        if len(self._data) != int(self._offsets[-1]) or len(self._offsets) != len(self.ids) + 1:
            raise ValueError("entries.jsonl is cut short")
        self.at = lru_cache(maxsize=_PARSED)(self._parse)

    @staticmethod
    def write(lines: Sequence[EntryLine], folder: Path) -> None:
        offsets = [0]
        with (folder / "entries.jsonl").open("wb") as stream:
            for line in lines:
                offsets.append(offsets[-1] + stream.write(line.content))
        links = linked([(line.listed.collection, line.listed.id) for line in lines], [line.content for line in lines])
        np.savez(folder / "entries.npz", offsets=np.asarray(offsets, np.int64), linked=links)
        heads = {
            "ids": [line.listed.id for line in lines],
            "collections": [line.listed.collection for line in lines],
            "audiences": [line.audiences for line in lines],
            "versions": [line.listed.version for line in lines],
            "digests": [line.listed.digest for line in lines],
            "titles": [line.title for line in lines],
            "themes": [line.theme for line in lines],
            "verified_on": [line.verified_on for line in lines],
            "twins": [line.twins for line in lines],
            "national_pages": [line.national_pages for line in lines],
        }
        (folder / "entry_heads.json").write_bytes(orjson.dumps(heads))

    def __len__(self) -> int:
        return len(self.ids)

    def listed(self) -> list[Listed]:
        """Returns the catalogue entry of each entry, by place."""
        return [Listed(*one) for one in zip(self.collections, self.ids, self.versions, self._digests, strict=True)]

    def line(self, place: int) -> EntryLine:
        """Returns the entry at ``place`` as stored in the file."""
        known = Listed(self.collections[place], self.ids[place], self.versions[place], self._digests[place])
        return EntryLine(
            known,
            self.titles[place],
            self.themes[place],
            self.audiences[place],
            self.verified_on[place],
            self.twins[place],
            self.national_pages[place],
            bytes(self._content(place)),
        )

    def place(self, entry_id: str, collection: str | None = None) -> int | None:
        """Returns the place of the entry with this id, in ``collection`` or in the first collection that has it."""
        return self._first.get(entry_id) if collection is None else self._places.get((collection, entry_id))

    def find(self, entry_id: str, collection: str | None = None) -> Entry | None:
        """Returns the entry with this id, from ``collection`` or from the first collection that has it."""
        place = self.place(entry_id, collection)
        return None if place is None else self.at(place)

    def _content(self, place: int) -> bytes:
        return self._data[self._offsets[place] : self._offsets[place + 1]]

    def _parse(self, place: int) -> Entry:
        return Entry.model_validate_json(self._content(place))
