"""One BM25 index for each field of the entries."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from core.entry import Entry, passages
from retrieval.contracts import Vectors
from retrieval.lexical.analysis import terms

logging.getLogger("bm25s").setLevel(logging.WARNING)

FIELDS = ("title", "summary", "body")
_NOTHING = "\x00"  # bm25s cannot index an empty corpus; no text contains this term


def field_texts(entry: Entry) -> dict[str, str]:
    """The entry's words by field: what it is called, what it is about, what it says."""
    parts = passages(entry)
    body = [entry.introduction, entry.easy_text]
    for passage in parts:
        body.extend((*passage.headings[-1:], *passage.cases[-1:], passage.markdown))
    return {
        "title": "\n".join((entry.title, *entry.wordings)),
        "summary": "\n".join((entry.description, *entry.theme, *entry.keywords)),
        "body": "\n".join(body),
    }


class LexicalIndex:
    """BM25 scores of every entry, field by field. Immutable, safe to share between threads."""

    def __init__(self, fields: dict[str, bm25s.BM25], size: int) -> None:
        self._fields, self._size = fields, size

    @classmethod
    def build(cls, entries: Sequence[Entry]) -> LexicalIndex:
        corpora: dict[str, list[list[str]]] = {field: [] for field in FIELDS}
        for entry in entries:
            for field, text in field_texts(entry).items():
                corpora[field].append(terms(text))
        return cls({field: _index(corpus) for field, corpus in corpora.items()}, len(entries))

    def save(self, folder: Path) -> None:
        for field, index in self._fields.items():
            index.save(folder / field, show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Reads what ``save`` wrote; the arrays stay in the file (memory map) until they are used."""
        return cls({field: bm25s.BM25.load(folder / field, mmap=True, show_progress=False) for field in FIELDS}, size)

    def scores(self, query: Mapping[str, float]) -> dict[str, Vectors]:
        """For query terms with their weights, BM25 of each entry by field, in the order in which the entries were given."""
        return {field: self._field_scores(index, query) for field, index in self._fields.items()}

    def rarity(self, term: str) -> float:
        """Inverse document frequency over the bodies, in nats: how much a term says (most, where it occurs nowhere)."""
        index = self._fields["body"]
        number = index.vocab_dict.get(term)
        pointers = index.scores["indptr"]
        count = 0 if number is None else int(pointers[number + 1] - pointers[number])
        return float(np.log1p(self._size / (count + 0.5)))

    def _field_scores(self, index: bm25s.BM25, query: Mapping[str, float]) -> NDArray[np.float32]:
        """The weighted sum of the terms' columns (bm25s keeps the scores of each term by document, and sums unweighted)."""
        total = np.zeros(self._size, np.float32)
        data, documents, pointers = (index.scores[name] for name in ("data", "indices", "indptr"))
        for term, weight in query.items():
            number = index.vocab_dict.get(term)
            if number is not None:
                column = slice(int(pointers[number]), int(pointers[number + 1]))
                total[documents[column]] += np.float32(weight) * data[column]  # a document stands once in a column
        return total


def _index(corpus: list[list[str]]) -> bm25s.BM25:
    index = bm25s.BM25(k1=1.2, b=0.6)
    index.index([document or [_NOTHING] for document in corpus] or [[_NOTHING]], show_progress=False)
    return index
