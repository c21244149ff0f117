"""The input of one turn: the message, and the state before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from rasa_sdk import Tracker

from actions.cases.case_tree import Fork
from actions.cases.dialogue_state import DialogueState, Focus, UserFacts
from actions.cases.known_case import excluded_cases, known_case
from actions.messages.follow_up_classifier import in_context
from actions.messages.plain_words import respelled
from actions.replies.extract import Worth
from actions.replies.reply_builder import ReplyBuilder
from actions.replies.style import Style
from actions.replies.utterance import Reply, Utterance
from actions.situation.reading import facts_in
from actions.turn.turn_search import TurnSearch
from core.entry import Entry
from core.settings import Settings
from retrieval.contracts import Retriever

_ENTITIES = ("entry", "passage", "case", "fork", "page", "rest", "theme")  # names in the payloads of buttons


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and the state before it. A step ends it with a ``Reply``, or continues with a changed copy."""

    text: str  # what is asked
    typed: str  # what the citizen wrote, empty for a button
    intent: str  # Rasa's interpretation
    button: Mapping[str, str]  # the values of a button, by name
    events: Sequence[Mapping[str, Any]]  # of the conversation so far, from Rasa
    focus: Focus | None  # the page in focus
    before: Focus | None  # the focus when the message came
    user: UserFacts
    search: TurnSearch
    retriever: Retriever
    settings: Settings
    style: Style
    replies: ReplyBuilder
    opened_by: str = ""  # if ``text`` continues a question: that question
    continued_by: str = ""  # if it does: the message in its own words

    @classmethod
    def read(cls, tracker: Tracker, settings: Settings, retriever: Retriever) -> Turn:
        """Returns the turn of the latest message of ``tracker``."""
        text = str(tracker.latest_message.get("text") or "")
        values = {name: next(tracker.get_latest_entity_values(name), None) for name in _ENTITIES}
        state = DialogueState.read({name: tracker.get_slot(name) for name in ("subject", "situation")})
        language = str(tracker.get_slot("language") or settings.default_language)
        channel = str(tracker.get_latest_input_channel() or "web")
        return cls(
            text=text,
            typed="" if text.startswith("/") else text,  # a button's payload is not the citizen's own words
            intent=str((tracker.latest_message.get("intent") or {}).get("name") or ""),
            button={name: str(value) for name, value in values.items() if value is not None},
            events=tracker.events,
            focus=state.focus,
            before=state.focus,
            user=state.user,
            search=TurnSearch(retriever, settings.collection or None, language),
            retriever=retriever,
            settings=settings,
            style=Style.of(channel, settings),
            replies=ReplyBuilder(settings, channel),
        )

    @property
    def language(self) -> str:
        """Returns the language of the text around the answer."""
        return self.search.language

    @property
    def snapshot(self) -> str:
        """Returns the id of the snapshot in use."""
        return self.retriever.status().snapshot

    def with_text(self, text: str) -> Turn:
        """Returns this turn with ``text`` as the question."""
        return replace(self, text=text)

    def with_focus(self, focus: Focus | None) -> Turn:
        """Returns this turn with another ``focus``."""
        return replace(self, focus=focus)

    def with_focus_changes(self, **changes: Any) -> Turn:
        """Returns this turn with changed fields of the focus, if there is one."""
        return self.with_focus(self.focus.model_copy(update=changes)) if self.focus else self

    def with_stated_facts(self) -> Turn:
        """Returns this turn with the facts about the citizen that its text states."""
        return self.with_user(self.user.with_said(facts_in(self.text), self.text))

    def with_user(self, user: UserFacts) -> Turn:
        """Returns this turn with ``user`` as the facts about the citizen."""
        return replace(self, user=user)

    def reply(self, *utterances: Iterable[Utterance]) -> Reply:
        """Returns the reply that ends this turn: ``utterances``, and the focus and facts to remember."""
        return Reply(tuple(chain.from_iterable(utterances)), DialogueState(self.focus, self.user))

    def entry_in_focus(self) -> Entry | None:
        """Returns the page in focus, if there is one."""
        return self.search.entry(self.focus.entry) if self.focus else None

    def entry_shown_last(self) -> Entry | None:
        """Returns the page of the last card of the conversation, if there was one."""
        return self.search.entry(str(self.last_card().get("entry", "")))

    def last_card(self) -> Mapping[str, Any]:
        """Returns the data of the last card of the conversation; empty without any."""
        return next((custom for custom in self.customs() if custom.get("entry")), {})

    def customs(self) -> Iterator[Mapping[str, Any]]:
        """Yields the ``custom`` data of all that the service said in the conversation, the last first."""
        for event in reversed(self.events):
            if event.get("event") == "bot":
                yield (event.get("data") or {}).get("custom") or {}

    def focus_on(self, entry: Entry) -> Focus:
        """Returns the focus if it is on ``entry``, else a new one."""
        if self.focus and self.focus.entry == entry.id:
            return self.focus
        return Focus(entry=entry.id)

    def worth(self, entry: Entry) -> Worth:
        """Returns the function that rates sentences of ``entry`` for the question."""
        return partial(self.retriever.sentence_worth, entry, self.focus.question if self.focus else "")

    @property
    def question_before(self) -> str:
        """Returns the question with which the subject began, after the message that continued it last; empty without one."""
        if self.focus is None:
            return ""
        return f"{self.focus.continued_by} {self._first_question}".strip()

    @property
    def _first_question(self) -> str:
        return (self.focus.opened_by or self.focus.query) if self.focus else ""

    @property
    def in_context(self) -> str:
        """Returns the query for the message and the question before it."""
        return in_context(respelled(self.text), self.question_before)

    def with_text_in_context(self) -> Turn:
        """Returns this turn with the message and the question before it as one question."""
        return replace(self, text=self.in_context, opened_by=self._first_question, continued_by=respelled(self.text))

    def case(self, focus: Focus, fork: Fork, *, remembered: bool = True) -> int | None:
        """Returns the number of the citizen's case at ``fork``; see ``known_case``."""
        return known_case(fork, focus, self.user, remembered=remembered)

    def excluded(self, focus: Focus, fork: Fork) -> frozenset[int]:
        """Returns the numbers of the cases of ``fork`` that are not the citizen's."""
        return excluded_cases(fork, focus, self.user)

    def best(self, entry: Entry, orders: Sequence[int]) -> int:
        """Returns the passage among ``orders`` that best answers the question."""
        return self.retriever.best_passage(entry, self.focus.query if self.focus else "", orders)
