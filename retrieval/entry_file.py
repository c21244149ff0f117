"""Entries of a snapshot in one file: a line of JSON each, read and parsed only when asked for."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson

from core.entry import Entry

_PARSED = 256  # entries kept parsed: an entry is asked for again soon after it was found


class EntryFile:
    """Immutable and thread-safe. Only ids, titles and what filters need are held in memory."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "entries.npz", allow_pickle=False) as data:
            self._offsets = data["offsets"]
        heads = orjson.loads((folder / "entry_heads.json").read_bytes())
        self.ids: list[str] = heads["ids"]
        self.collections: list[str] = heads["collections"]
        self.audiences: list[list[str]] = heads["audiences"]
        self.versions: list[int] = heads["versions"]
        self.titles: list[str] = heads["titles"]
        self._places = {key: place for place, key in reversed(list(enumerate(zip(self.collections, self.ids, strict=True))))}
        self._first = {entry_id: place for place, entry_id in reversed(list(enumerate(self.ids)))}
        with (folder / "entries.jsonl").open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if len(self.ids) else b""
        if len(self._data) != int(self._offsets[-1]) or len(self._offsets) != len(self.ids) + 1:
            raise ValueError("entries.jsonl is cut short")
        self.at = lru_cache(maxsize=_PARSED)(self._parse)

    @staticmethod
    def write(entries: Sequence[Entry], folder: Path) -> None:
        offsets = [0]
        with (folder / "entries.jsonl").open("wb") as stream:
            for entry in entries:
                offsets.append(offsets[-1] + stream.write(entry.model_dump_json().encode() + b"\n"))
        np.savez(folder / "entries.npz", offsets=np.asarray(offsets, np.int64))
        heads = {
            "ids": [entry.id for entry in entries],
            "collections": [entry.collection for entry in entries],
            "audiences": [list(entry.audiences) for entry in entries],
            "versions": [entry.version for entry in entries],
            "titles": [entry.title for entry in entries],
        }
        (folder / "entry_heads.json").write_bytes(orjson.dumps(heads))

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, entry_id: str, collection: str | None = None) -> Entry | None:
        """The entry with this id, in ``collection`` or in the first that has it."""
        place = self._first.get(entry_id) if collection is None else self._places.get((collection, entry_id))
        return None if place is None else self.at(place)

    def _parse(self, place: int) -> Entry:
        return Entry.model_validate_json(self._data[self._offsets[place] : self._offsets[place + 1]])
