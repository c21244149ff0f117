"""The contracts of retrieval: requests and results. Importing this module is cheap: no torch, no index."""

from collections.abc import Mapping, Sequence, Set
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core.entry import Entry

Decision = Literal["answered", "choices", "no_answer"]
Scope = Literal["enquiry", "fragment", "outside"]
Stage = Literal["titles", "full"]
Vectors = NDArray[np.float32]


class Hit(BaseModel):
    """One entry found. ``passage`` is the order, in ``core.entry.passages``, of the passage that fits the query best. It is the
    first passage if the index has titles only and no passage fits well enough.

    ``local``: ids of the town's entries on its matter, which are shown with it.

    ``score`` is the fused score (no unit, comparable within one result only); ``scores`` are its parts.
    """

    model_config = ConfigDict(frozen=True)

    entry_id: str
    collection: str
    version: int
    title: str
    local: tuple[str, ...] = ()
    score: float
    passage: int = 0
    scores: dict[str, float] = Field(default_factory=dict)


class Topic(BaseModel):
    """A matter that another administration handles, as the desk has written it, and who that is.

    ``examples`` are messages of people. ``body`` handles it; ``sentence`` says what it does. Texts whose names end with ``_en``
    are for the reply in English; where one is empty, the other one counts.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    name_en: str = ""
    examples: tuple[str, ...]
    body: str
    address: str = ""
    phone: str = ""
    hours: str = ""
    hours_en: str = ""
    url: str = ""
    sentence: str
    sentence_en: str = ""


class RetrievalResult(BaseModel):
    """The result of a search, best hit first. A result without hits is an answer, not an error.

    ``confidence`` is the probability (0 to 1) that the first hit is right. ``decision`` follows from it and from the thresholds
    of the snapshot. ``snapshot`` is the version of the snapshot, ``language`` the language of the query. ``rejected`` are the
    nearest entries when the decision is ``no_answer`` (``hits`` is then empty).

    ``local``: the page found first is one of the town's own; if it is linked to a page of the State, that page is the hit.

    ``topic``: no page answers surely, and the query is about this matter of another administration.

    ``scope`` is the kind of the query: a question for an administration, a fragment without a clear subject, or a message
    outside the service's scope. If a page answers surely, the query is always a question. ``understood`` is the query as it was
    embedded, in the spelling and the words of the pages. ``unknown`` means that no word of it is French and that nothing
    answers it. ``timings_ms`` has one key for each part of the work and ``total``.
    """

    model_config = ConfigDict(frozen=True)

    hits: tuple[Hit, ...] = ()
    rejected: tuple[Hit, ...] = ()
    confidence: float = Field(0.0, ge=0.0, le=1.0)
    decision: Decision = "no_answer"
    local: bool = False
    topic: Topic | None = None
    scope: Scope = "enquiry"
    snapshot: str = ""
    language: str = "fr"
    understood: str = ""
    unknown: bool = False
    timings_ms: dict[str, float] = Field(default_factory=dict)


class Status(BaseModel):
    """The snapshot in use: its version and stage, and how many entries it holds.

    ``refused`` says why the active snapshot cannot be used and another one is; empty otherwise.
    """

    model_config = ConfigDict(frozen=True)

    snapshot: str
    stage: Stage
    entries: int
    refused: str = ""

    @property
    def titles_only(self) -> bool:
        """Tells whether sections are not indexed yet. The part of a page is then guessed from titles alone (ADR 0050)."""
        return self.stage == "titles"


class Embedder(Protocol):
    """Turns texts into unit vectors. ``name`` and ``revision`` identify the weights: vectors of different weights never mix."""

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def dimension(self) -> int: ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Returns unit vectors, (n, dimension)."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Returns unit vectors, (n, dimension)."""
        ...


def model_id(embedder: Embedder) -> str:
    """Returns the name of an embedder's weights: the model and its revision."""
    return f"{embedder.name}@{embedder.revision}"


class PageSentence(NamedTuple):
    """A sentence of a page, without Markdown marks. ``passage`` is the order of its passage, ``None`` if it does not matter;
    ``begins``: its part begins with it.
    """

    text: str
    passage: int | None = None
    begins: bool = False


class Retriever(Protocol):
    """Finds entries. Safe to call from several threads."""

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult: ...

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        """Returns the entry of the active snapshot."""
        ...

    def local_page(self, entry: Entry, query: str) -> Entry | None:
        """Returns the town's entry on the matter of the national ``entry``; of several, the one that fits ``query``."""
        ...

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        """Returns the order of the passage of ``entry`` that answers ``query`` best; ``among`` limits the choice to these
        orders.

        If the index has titles only and no passage is likely enough, this is the passage that introduces all of them, if there
        is one.
        """
        ...

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        """Returns the orders of the best passage of each part of ``entry``, the part that answers ``query`` best first."""
        ...

    def part_likelihood(self, entry: Entry, query: str) -> float:
        """Returns the probability (0 to 1) that the first-ranked part of ``entry`` answers ``query``; 1 if the query is
        empty.
        """
        ...

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        """Returns the log-odds that each part of ``entry`` answers, relative to the likeliest part (0 or less). Keys are the
        orders of the parts' best passages.
        """
        ...

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[PageSentence]) -> list[float]:
        """Returns the log-odds that each of ``sentences``, taken from ``entry``, answers ``query``, up to a constant.

        Returns zeros if the query is empty.
        """
        ...

    def spoken(self, entry: Entry, wanted: Set[str]) -> Set[str]:
        """Returns those of the index terms ``wanted`` that occur in the title, a heading, a case or a text of ``entry``."""
        ...

    def status(self) -> Status:
        """Returns the status. Raises ``LookupError`` while there is no snapshot."""
        ...
