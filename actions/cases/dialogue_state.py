"""The state of a conversation: the page in focus and the facts about the citizen. Two small slots of Rasa, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.situation.ages import AGE, about_child, about_oneself, asks_for_oneself
from actions.situation.matching import is_default, plain_label
from actions.situation.reading import Facets, demanded, flat, lasting

_MOST_LABELS = _MOST_PASSAGES = 12  # remembered: the slots are transferred with each turn


class Focus(BaseModel):
    """The entry in focus, and the citizen's progress in it. Forks and cases are addresses as ``case_tree.written``."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    entry: str  # empty while pages are offered
    query: str = ""  # the question that is answered
    opened_by: str = ""  # the question with which the subject began
    continued_by: str = ""  # the message that continued it last, if it led to another page or to a choice
    start: int = 0  # the passage that the search found
    chosen: tuple[str, ...] = ()  # the cases chosen by the citizen, in the order of choice
    reopened: tuple[str, ...] = ()  # forks to ask again whatever is known
    asked: str | None = None  # the fork whose question is pending
    shown: int | None = None  # the passage shown last
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # that hold for this request only
    aspect: str = ""  # the aspect of the entry asked for last (``actions.messages.aspects``)
    latest: str = ""  # the last follow-up, in its own words
    pieces: tuple[int, ...] = ()  # of the passage shown last: the shown ones, if not all were shown
    offered: tuple[str, ...] = ()  # the entries offered before this one was chosen
    passages_shown: tuple[int, ...] = Field((), validation_alias="told", serialization_alias="told")  # the last ones
    assumed: tuple[str, ...] = ()  # cases that were assumed, not said

    @classmethod
    def read(cls, slot: Any) -> Focus | None:
        """Returns the content of ``slot``; ``None`` if there is none that this version understands."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return None

    def shown_with(self, passage: int) -> tuple[int, ...]:
        """Returns the passages shown so far, and ``passage``."""
        return (*(one for one in self.passages_shown if one != passage), passage)[-_MOST_PASSAGES:]

    @property
    def question(self) -> str:
        """Returns the present question about the entry: the last follow-up, or the question that led to it."""
        return self.latest or self.query

    @property
    def words(self) -> str:
        """Returns all that was said of the present question: the question that led to the entry, and the last follow-up."""
        return f"{self.query} {self.latest}"


class UserFacts(BaseModel):
    """The citizen's statements and choices about themselves that outlast the subject. ``of``: the person whose age is known."""

    model_config = ConfigDict(frozen=True)

    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    of: Literal["self", "child"] = "self"

    @classmethod
    def read(cls, slot: Any) -> UserFacts:
        """Returns the content of ``slot``; without content, nothing is known."""
        try:
            return cls.model_validate(slot)
        except ValidationError:
            return cls()

    def with_said(self, facts: Facets, text: str) -> UserFacts:
        """Returns these facts with those of a message: newer facts replace older ones, but "un enfant" does not make the child
        of eight another one. "Et pour moi ?" forgets the child's age.
        """
        if self.of == "child" and AGE not in facts and asks_for_oneself(flat(text)):
            adult = {facet: values for facet, values in self.facts.items() if facet != AGE}
            return self.model_copy(update={"facts": adult, "of": "self"}).with_said(facts, text)
        of = self.of if AGE not in facts else "child" if about_child(flat(text)) else "self"
        if of == self.of and unpacked(self.facts).get(AGE, frozenset(("",))) <= facts.get(AGE, frozenset()):
            facts = {facet: values for facet, values in facts.items() if facet != AGE}
        kept = packed({facet: values for facet, values in facts.items() if facet in lasting()})
        return self.model_copy(update={"facts": {**self.facts, **kept}, "of": of})

    def with_choice(self, label: str, query: str) -> UserFacts:
        """Returns these facts with the chosen case, if it is about the person, not about the procedure."""
        if is_default(label):
            return self
        about = f"{label} {query}"
        known = self.facts_for(about)
        # A citizen who said "en Espagne" and then counts as "À l'étranger" is still in Spain.
        facts = {
            facet: known[facet] if known.get(facet, values) < values else values for facet, values in demanded(label).items()
        }
        richer = self.with_said(facts, about)
        if not flat(label).startswith("vous "):
            return richer
        labels = dict.fromkeys([*self.labels, plain_label(label)])
        return richer.model_copy(update={"labels": tuple(labels)[-_MOST_LABELS:]})

    def facts_for(self, text: str) -> Facets:
        """Returns the facts that hold for the question ``text``: a child's age is not the age of a citizen who now asks for
        themselves.
        """
        folded = flat(text)
        other = about_oneself(folded) if self.of == "child" else about_child(folded)
        return {facet: values for facet, values in unpacked(self.facts).items() if facet != AGE or not other}


@dataclass(frozen=True, slots=True)
class DialogueState:
    """The state between two turns: the focus, if any, and the facts about the citizen."""

    focus: Focus | None
    user: UserFacts

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> DialogueState:
        """Returns the state in the ``slots`` of a tracker."""
        return cls(Focus.read(slots.get("subject")), UserFacts.read(slots.get("situation")))

    def slots(self) -> dict[str, Any]:
        """Returns the slots with this state, by name."""
        focus = self.focus.model_dump(mode="json", by_alias=True) if self.focus else None
        return {"subject": focus, "situation": self.user.model_dump(mode="json")}


def packed(facts: Facets) -> dict[str, tuple[str, ...]]:
    """Returns facts for a slot: ages as first and last, everything else as sorted values."""
    slot = {facet: tuple(sorted(values)) for facet, values in facts.items()}
    if AGE in facts:
        years = sorted(map(int, facts[AGE]))
        slot[AGE] = (str(years[0]), str(years[-1]))
    return slot


def unpacked(slot: Mapping[str, tuple[str, ...]]) -> Facets:
    """Returns the facts from the form that ``packed`` returns."""
    facts = {facet: frozenset(values) for facet, values in slot.items()}
    if AGE in slot:
        facts[AGE] = frozenset(map(str, range(int(slot[AGE][0]), int(slot[AGE][-1]) + 1)))
    return facts
