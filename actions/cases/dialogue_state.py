"""What a conversation is about, and what is known of the citizen: two small slots of Rasa, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.situation.ages import AGE, about_child, about_oneself
from actions.situation.matching import is_default, plain_label
from actions.situation.reading import Facets, demanded, flat, lasting

_MOST_LABELS = _MOST_PASSAGES = 12  # remembered: the slots go to and fro with each turn


class Focus(BaseModel):
    """The entry that is being talked about, and how far the citizen has come in it.

    ``start``: the passage that the search found; ``chosen``: addresses of the cases chosen by the citizen, in the order of
    their choice; ``reopened``: forks to be asked again whatever is known; ``asked``: the fork whose question waits for an
    answer; ``shown``: the passage shown last, and ``pieces``: the numbers of its pieces that were shown, where not all were;
    ``facts``: what is true of this request only; ``aspect``: what was asked of the entry last (``actions.messages.aspects``);
    ``latest``: the last follow-up, in its own words; ``offered``: the entries offered before this one was picked;
    ``passages_shown``: so far, the last ones (``told`` in the slot); ``assumed``: addresses of the cases that were assumed, not
    said. While pages are offered, ``entry`` is empty.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    entry: str
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
    passages_shown: tuple[int, ...] = Field((), validation_alias="told", serialization_alias="told")
    assumed: tuple[str, ...] = ()

    @classmethod
    def read(cls, slot: Any) -> Focus | None:
        """Returns what ``slot`` holds, or ``None`` where there is none that this version understands."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return None

    def shown_with(self, passage: int) -> tuple[int, ...]:
        """Returns the passages shown so far, with ``passage``."""
        return (*(one for one in self.passages_shown if one != passage), passage)[-_MOST_PASSAGES:]

    @property
    def question(self) -> str:
        """Returns what is asked of the entry now: the last follow-up, or the question that led to it."""
        return self.latest or self.query


class UserFacts(BaseModel):
    """What the citizen said or chose of themselves, as far as it outlasts the subject. ``of`` is whose age is known."""

    model_config = ConfigDict(frozen=True)

    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    of: Literal["self", "child"] = "self"

    @classmethod
    def read(cls, slot: Any) -> UserFacts:
        """Returns what ``slot`` holds; nothing known where it is empty."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return cls()

    def with_said(self, facts: Facets, text: str) -> UserFacts:
        """Returns this with what a message said: newer facts replace older ones."""
        kept = packed({facet: values for facet, values in facts.items() if facet in lasting()})
        of = self.of if AGE not in facts else "child" if about_child(flat(text)) else "self"
        return self.model_copy(update={"facts": {**self.facts, **kept}, "of": of})

    def with_choice(self, label: str, query: str) -> UserFacts:
        """Returns this with the case that the citizen chose, if it says something of the person, not of the procedure."""
        if is_default(label):
            return self
        about = f"{label} {query}"
        known = self.facts_for(about)
        # Who said "en Espagne" and is then taken for "À l'étranger" is still in Spain.
        facts = {
            facet: known[facet] if known.get(facet, values) < values else values for facet, values in demanded(label).items()
        }
        richer = self.with_said(facts, about)
        if not flat(label).startswith("vous "):
            return richer
        labels = dict.fromkeys([*self.labels, plain_label(label)])
        return richer.model_copy(update={"labels": tuple(labels)[-_MOST_LABELS:]})

    def facts_for(self, text: str) -> Facets:
        """Returns the facts that hold for the question ``text``: a child's age is not that of who now asks for themselves."""
        folded = flat(text)
        other = about_oneself(folded) if self.of == "child" else about_child(folded)
        return {facet: values for facet, values in unpacked(self.facts).items() if facet != AGE or not other}


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What is remembered from one turn to the next: what is talked about, if anything, and what is known of the citizen."""

    focus: Focus | None
    user: UserFacts

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> DialogueState:
        """Returns what the ``slots`` of a tracker hold."""
        return cls(Focus.read(slots.get("subject")), UserFacts.read(slots.get("situation")))

    def slots(self) -> dict[str, Any]:
        """Returns the slots that hold this, by name."""
        focus = self.focus.model_dump(mode="json", by_alias=True) if self.focus else None
        return {"subject": focus, "situation": self.user.model_dump(mode="json")}


def packed(facts: Facets) -> dict[str, tuple[str, ...]]:
    """Returns facts for a slot: ages as their first and last, all else as sorted values."""
    return {facet: _ends(values) if facet == AGE else tuple(sorted(values)) for facet, values in facts.items()}


def unpacked(facts: Mapping[str, tuple[str, ...]]) -> Facets:
    """Returns the facts that ``packed`` made small."""
    return {facet: _between(values) if facet == AGE else frozenset(values) for facet, values in facts.items()}


def _ends(ages: frozenset[str]) -> tuple[str, ...]:
    years = sorted(map(int, ages))
    return (str(years[0]), str(years[-1]))


def _between(ends: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str, range(int(ends[0]), int(ends[-1]) + 1)))
