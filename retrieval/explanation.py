"""The explanation of an answer: words, vectors, confidence, decision; and why one given entry is not first."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from core.entry import passages
from retrieval.contracts import RetrievalResult
from retrieval.decision.confidence import FEATURES
from retrieval.pinned_service import PinnedSearchService
from retrieval.query.query import Query
from retrieval.ranking.fusion import FIELD_WEIGHTS, Ranked
from retrieval.snapshots.snapshot import Snapshot

SHOWN = 8
_DEEP = 400  # entries ranked at most; those below are irrelevant
_MATCHES = 12  # terms shown of an entry


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Match(_Frozen):
    """A term of the query in an entry. ``weight`` is its part of the entry's lexical score, in ``fields``."""

    term: str
    weight: float
    fields: tuple[str, ...]


class Ground(_Frozen):
    """One entry with the parts of its score. ``place`` counts from 1. ``score`` is the sum of ``lexical``, ``dense`` and
    ``prior`` (the page's prior, independent of the query), less ``penalty`` (the penalty of a page for an audience that the
    query does not name).

    ``head`` and ``section`` are cosines of its title and best section (-1: it has none). ``part`` is the headings and cases of
    the passage that would be shown.
    """

    place: int
    entry_id: str
    collection: str
    version: int
    title: str
    score: float
    lexical: float
    dense: float
    head: float
    section: float
    penalty: float = 0.0
    prior: float = 0.0
    matches: tuple[Match, ...]
    part: tuple[str, ...] = ()


class Share(_Frozen):
    """A part of the confidence: the ``value`` of a feature, and its contribution to the log-odds."""

    feature: str
    value: float
    adds: float


class Explanation(_Frozen):
    """All reasons. ``asked`` is the query as it was understood, ``added`` the terms that the pages use for it.

    ``about`` is the requested entry, with its place; ``None`` if it is not in the snapshot or not among the entries ranked.
    """

    result: RetrievalResult
    asked: str
    terms: dict[str, float]
    added: tuple[str, ...]
    unknown: tuple[str, ...]
    thresholds: dict[str, float]
    shares: tuple[Share, ...]
    ranking: tuple[Ground, ...]
    about: Ground | None = None


def explain(
    engine: PinnedSearchService, query: str, *, locale: str = "fr", collection: str | None = None, entry_id: str = ""
) -> Explanation:
    """Searches ``query`` like a citizen's message, and returns the reasons. ``entry_id`` is an entry to compare with the
    first.
    """
    snapshot = engine.snapshot
    result = engine.search(query, locale=locale, collection=collection, limit=SHOWN)
    _, ranked, asked = engine.rank(query, collection=collection, limit=_DEEP)
    model = snapshot.calibration.stages[snapshot.manifest.stage]
    values = engine.features(snapshot, ranked[:10], asked) if ranked else []
    parts = zip(FEATURES, values, model.coefficients, model.means, model.scales, strict=False)
    rarities = {term: round(snapshot.lexical.rarity(term), 3) for term in dict.fromkeys(asked.terms)}
    unheard = round(snapshot.lexical.rarity(" "), 3)  # no term is a space
    first = (*result.hits, *result.rejected)[:1]
    grounds = [_ground(snapshot, one, place, asked) for place, one in enumerate(ranked[:SHOWN], start=1)]
    if grounds and first:
        grounds[0] = grounds[0].model_copy(update={"part": _part(snapshot, ranked[0].place, first[0].passage)})
    about = next(
        (
            _ground(snapshot, one, place, asked)
            for place, one in enumerate(ranked, start=1)
            if entry_id and snapshot.entries.ids[one.place] == entry_id
        ),
        None,
    )
    return Explanation(
        result=result,
        asked=asked.text,
        terms=rarities,
        added=tuple(sorted(asked.added)),
        unknown=tuple(term for term, rarity in rarities.items() if rarity >= unheard),
        thresholds=model.thresholds,
        shares=tuple(
            Share(feature=name, value=round(value, 3), adds=round(weight * (value - mean) / scale, 3))
            for name, value, weight, mean, scale in parts
        ),
        ranking=tuple(grounds),
        about=about,
    )


def _ground(snapshot: Snapshot, ranked: Ranked, place: int, asked: Query) -> Ground:
    entries = snapshot.entries
    return Ground(
        place=place,
        entry_id=entries.ids[ranked.place],
        collection=entries.collections[ranked.place],
        version=entries.versions[ranked.place],
        title=entries.titles[ranked.place],
        score=round(ranked.score, 3),
        matches=_matches(snapshot, ranked.place, asked),
        **{name: round(value, 3) for name, value in ranked.parts().items()},
        part=_part(snapshot, ranked.place, ranked.nearest),
    )


def _matches(snapshot: Snapshot, place: int, asked: Query) -> tuple[Match, ...]:
    """Returns the query's terms in one entry, those with the greatest weight first."""
    found = []
    for term, weight in asked.weights.items():
        fields = {name: float(scores[place]) for name, scores in snapshot.lexical.scores({term: weight}).items()}
        adds = sum(FIELD_WEIGHTS[name] * score for name, score in fields.items())
        if adds > 0:
            held: Sequence[str] = [name for name, score in fields.items() if score > 0]
            found.append(Match(term=term, weight=round(adds, 3), fields=tuple(held)))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.term))[:_MATCHES])


def _part(snapshot: Snapshot, place: int, order: int) -> tuple[str, ...]:
    entry = snapshot.entries.at(place)
    return next(((*one.headings, *one.cases) for one in passages(entry) if one.order == order), ()) if order else ()
