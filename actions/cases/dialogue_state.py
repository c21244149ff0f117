"""What a conversation is about, and what is known of the citizen: two small slots of Rasa, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.situation.ages import AGE, about_child, about_oneself
from actions.situation.matching import is_default, plain_label
from actions.situation.reading import Facets, demanded, flat, lasting

_LABELS = _TOLD = 12  # remembered at most: the slot goes to and fro with each turn


class Subject(BaseModel):
    """The entry that is being talked about, and how far the citizen has come in it.

    ``start``: the passage that the search found; ``chosen``: addresses of the cases chosen by the citizen, in the order of
    their choice; ``reopened``: forks to be asked again whatever is known; ``asked``: the fork whose question waits for an
    answer; ``shown``: the passage shown last, and ``pieces``: the numbers of its pieces that were shown, where not all were;
    ``facts``: what is true of this request only; ``aspect``: what was asked of the entry last (``actions.messages.aspects``);
    ``latest``: the last follow-up, in its own words; ``offered``: the entries offered before this one was picked; ``told``: the
    passages shown so far, the last ones; ``assumed``: addresses of the cases that were assumed, not said.
    """

    model_config = ConfigDict(frozen=True)

    entry: str
    collection: str = ""
    query: str = ""
    start: int = 0
    chosen: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    asked: str | None = None
    shown: int | None = None
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    aspect: str = ""
    latest: str = ""
    pieces: tuple[int, ...] = ()
    offered: tuple[str, ...] = ()
    told: tuple[int, ...] = ()
    assumed: tuple[str, ...] = ()

    @classmethod
    def read(cls, slot: Any) -> Subject | None:
        """Returns the subject in ``slot``, or ``None`` where there is none that this version understands."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return None

    def having_told(self, passage: int) -> tuple[int, ...]:
        """Returns what was shown so far, with ``passage``."""
        return (*(one for one in self.told if one != passage), passage)[-_TOLD:]


class Situation(BaseModel):
    """What the citizen said or chose of themselves, as far as it outlasts the subject. ``of`` is whose age is known."""

    model_config = ConfigDict(frozen=True)

    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    of: Literal["self", "child"] = "self"

    @classmethod
    def read(cls, slot: Any) -> Situation:
        """Returns the situation in ``slot``; an empty one where there is none."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return cls()

    def with_said(self, facts: Facets, text: str) -> Situation:
        """With what a message said: newer facts replace older ones."""
        kept = packed({facet: values for facet, values in facts.items() if facet in lasting()})
        of = self.of if AGE not in facts else "child" if about_child(flat(text)) else "self"
        return self.model_copy(update={"facts": {**self.facts, **kept}, "of": of})

    def with_choice(self, label: str, query: str) -> Situation:
        """With the case that the citizen chose. Only what says something of the person is kept, not of the procedure."""
        if is_default(label):
            return self
        about = f"{label} {query}"
        known = self.facts_for(about)
        # Who said "en Espagne" and is then taken for "À l'étranger" is still in Spain.
        told = {
            facet: known[facet] if known.get(facet, values) < values else values for facet, values in demanded(label).items()
        }
        richer = self.with_said(told, about)
        if not flat(label).startswith("vous "):
            return richer
        labels = dict.fromkeys([*self.labels, plain_label(label)])
        return richer.model_copy(update={"labels": tuple(labels)[-_LABELS:]})

    def facts_for(self, text: str) -> Facets:
        """Returns the facts that hold for the question ``text``: a child's age is not that of who now asks for themselves."""
        folded = flat(text)
        other = about_oneself(folded) if self.of == "child" else about_child(folded)
        return {facet: values for facet, values in unpacked(self.facts).items() if facet != AGE or not other}


def packed(facts: Facets) -> dict[str, tuple[str, ...]]:
    """Facts for a slot: ages as their first and last, all else as sorted values."""
    return {facet: _ends(values) if facet == AGE else tuple(sorted(values)) for facet, values in facts.items()}


def unpacked(facts: Mapping[str, tuple[str, ...]]) -> Facets:
    """Returns the facts that ``packed`` made small."""
    return {facet: _between(values) if facet == AGE else frozenset(values) for facet, values in facts.items()}


def _ends(ages: frozenset[str]) -> tuple[str, ...]:
    years = sorted(map(int, ages))
    return (str(years[0]), str(years[-1]))


def _between(ends: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str, range(int(ends[0]), int(ends[-1]) + 1)))
