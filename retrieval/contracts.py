"""The words in which retrieval is asked and answers. Importing this module is cheap: no torch, no index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core.entry import Entry

Decision = Literal["answered", "choices", "no_answer"]
Scope = Literal["enquiry", "fragment", "outside"]
Stage = Literal["titles", "full"]
Vectors = NDArray[np.float32]


class Hit(BaseModel):
    """One entry found. ``passage`` is the order, in ``core.entry.passages``, of the passage that fits the query best; of its
    first one where the index has titles only, and no passage fits well enough.

    ``score`` is the fused score (no unit, comparable within one result only); ``scores`` are its parts.
    """

    model_config = ConfigDict(frozen=True)

    entry_id: str
    collection: str
    version: int
    title: str
    score: float
    passage: int = 0
    scores: dict[str, float] = Field(default_factory=dict)


class RetrievalResult(BaseModel):
    """What a search came to, best hit first. No hit is an answer, not an error.

    ``confidence`` is the probability (0 to 1) that the first hit is right; ``decision`` follows from it and from the
    thresholds of the snapshot, ``snapshot`` is its version, ``language`` what the query is written in. ``rejected`` are the
    entries that came closest when the decision is ``no_answer`` (``hits`` is then empty). ``scope`` is what the query is apart
    from that: a question for an administration, a fragment that does not say what it is about, or nobody's business; what a
    page answers for sure is a question whatever it looks like. ``understood`` is the query in the pages' spelling and words, as
    it was embedded; ``unknown``: no word of it is French, and nothing answers it. ``timings_ms`` has one key for each part of
    the work and ``total``.
    """

    model_config = ConfigDict(frozen=True)

    hits: tuple[Hit, ...] = ()
    rejected: tuple[Hit, ...] = ()
    confidence: float = Field(0.0, ge=0.0, le=1.0)
    decision: Decision = "no_answer"
    scope: Scope = "enquiry"
    snapshot: str = ""
    language: str = "fr"
    understood: str = ""
    unknown: bool = False
    timings_ms: dict[str, float] = Field(default_factory=dict)


class Status(BaseModel):
    """What is being answered from: the snapshot's version and stage, and how many entries it holds.

    ``refused``: why it is not the active snapshot, which cannot be used; empty while all is well.
    """

    model_config = ConfigDict(frozen=True)

    snapshot: str
    stage: Stage
    entries: int
    refused: str = ""

    @property
    def titles_only(self) -> bool:
        """Tells whether sections are not indexed yet: parts of a page are then guessed from titles alone (ADR 0050)."""
        return self.stage == "titles"


class Embedder(Protocol):
    """Texts to unit vectors. ``name`` and ``revision`` identify the weights: vectors of different ones never mix."""

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def dimension(self) -> int: ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension), unit length."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension), unit length."""
        ...


class Retriever(Protocol):
    """What finds entries. Safe to call from several threads."""

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult: ...

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        """Returns the entry as it stands in the active snapshot."""
        ...

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        """Returns the order of the passage of ``entry`` that answers ``query`` best, of those ``among`` these orders.

        While the index has titles only, and none of them is likely enough to: of what leads up to them all, if anything does.
        """
        ...

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        """Returns the orders of the best passage of each part of ``entry``, the part that answers ``query`` best first."""
        ...

    def part_likelihood(self, entry: Entry, query: str) -> float:
        """How likely the part of ``entry`` that is ranked first answers ``query``, from 0 to 1; 1 where nothing is asked."""
        ...

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        """The log-odds of each part of ``entry`` that it answers ``query``, behind those of the likeliest part (0 or less), by
        the order of its best passage."""
        ...

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[str]) -> list[float]:
        """Returns how much each of ``sentences``, taken from ``entry``, says of what ``query`` asks: 0 for nothing."""
        ...

    def spoken(self, entry: Entry, wanted: Set[str]) -> Set[str]:
        """Returns those of the index terms ``wanted`` that stand in ``entry``: in its title, a heading, a case or a text."""
        ...

    def status(self) -> Status:
        """Raises ``LookupError`` while there is no snapshot."""
        ...
