"""How actions speak: each utterance is a response of ``domain.yml`` with what the input channel makes a turn of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from rasa_sdk.executor import CollectingDispatcher

from actions.cases.case_questions import question_for
from actions.cases.case_tree import Fork
from actions.replies.cards import Card, case_option, choices, fork_payload
from actions.replies.related import Also
from core.channels import traits_of
from core.database.base import now
from core.dates import is_old, written
from core.entry import Entry
from core.opening import day_and_time
from core.settings import Settings
from core.turns import ChoicesBlock, Option, Outcome

# Cases offered at a time, by channel: what a screen of a telephone shows, what three segments of SMS hold.
MOST_CASES = {"web": 8, "sms": 4}


class WhichCase(NamedTuple):
    """The question in which case of ``fork`` a citizen is. ``page`` is the first case to offer; ``part``: the headings of the
    part of the page that was asked for; ``only``: the numbers of the cases that the reply to this question left, if it left
    several; ``again``: the same was asked a moment ago."""

    fork: Fork
    part: tuple[str, ...] = ()
    only: Sequence[int] = ()
    page: int = 0
    again: bool = False


class Besides(NamedTuple):
    """What is offered under a card: other parts of the ``same_page``, and ``related`` pages, of which those with the payloads
    ``alike`` were found by likeness only; ``cases`` of the page that are not on the card, ``every_case``: the payload that
    shows them all where they are too many; ``rest``: the payload that goes on with the part that the card has an extract of;
    ``also``: a page that says the same, and is older."""

    same_page: Sequence[Option] = ()
    related: Sequence[Option] = ()
    alike: Sequence[str] = ()
    cases: Sequence[Option] = ()
    every_case: str = ""
    rest: str = ""
    also: Also | None = None


class ReplyBuilder:
    """Utters on behalf of one run of an action."""

    def __init__(self, dispatcher: CollectingDispatcher, settings: Settings, channel: str = "web") -> None:
        self._dispatcher, self._settings, self._channel = dispatcher, settings, channel
        self._paid = traits_of(channel).pays_by_segment  # each line costs

    @property
    def _most_cases(self) -> int:
        return MOST_CASES.get(self._channel, MOST_CASES["web"])

    def answer(
        self,
        entry: Entry,
        card: Card,
        besides: Besides,
        *,
        language: str,
        confidence: float | None,
        assumed: Sequence[str] = (),
        supposed: Sequence[str] = (),
        back: bool = False,
        again: bool = False,
    ) -> None:
        """The card, with its warnings and what to see ``besides``.

        ``assumed`` are the cases that were taken from what the citizen said before, ``supposed`` those that nobody said;
        ``back``: the last one can be taken back; ``again``: the card is a part of what was shown before.
        """
        about = _about(entry, card.block.snapshot, confidence)
        if supposed:
            self._say("utter_supposed", {}, cases=", ".join(supposed))
        self._card(entry, card, {"outcome": Outcome.ANSWERED, **about}, language=language, again=again)
        if assumed:
            self._say("utter_assumed", {}, cases=", ".join(assumed))
        # By SMS each line is paid for: cases that stand on the card in full are not named again.
        if besides.cases and (supposed or card.shortened or not self._paid):
            name = "utter_other_cases" if supposed else "utter_each_case"
            self._say(name, {"block": choices("cases", besides.cases[: self._most_cases]).model_dump(mode="json")})
            if len(besides.cases) > self._most_cases:
                self._say("utter_option_more", {"fill": "option", "payload": besides.every_case})
        if besides.same_page or besides.rest:
            self._say("utter_same_page", {"block": choices("related", besides.same_page).model_dump(mode="json")})
            if besides.rest:
                self._say("utter_option_read_on", {"fill": "option", "payload": besides.rest})
        also = None if self._paid else besides.also
        if besides.related or also:
            block = choices("related", besides.related).model_dump(mode="json")
            self._say("utter_related", {"block": block, "alike": list(besides.alike)})
        if also:
            self._say("utter_option_also", {"fill": "option", "payload": also.payload}, source=also.source, year=str(also.year))
        if back and (besides.same_page or besides.rest or besides.related or also):
            self._say("utter_option_other_case", {"fill": "option", "payload": "/go_back"})

    def ask(
        self,
        entry: Entry,
        question: WhichCase,
        card: Card | None,
        *,
        language: str,
        snapshot: str,
        confidence: float | None,
        supposed: Sequence[str] = (),
        others: Sequence[Option] = (),
    ) -> None:
        """Ask ``question``; ``card`` is what can be said before, ``supposed`` the cases taken that nobody said, ``others`` the
        buttons that lead to other cases than these."""
        fork, part, only, page, again = question
        about = {"outcome": Outcome.GUIDED, **_about(entry, snapshot, confidence)}
        if supposed:
            self._say("utter_supposed", {}, cases=", ".join(supposed))
        if card:
            self._card(entry, card, {}, language=language)
        elif only:
            self._say("utter_cases_left", {})
        elif again or part or not fork.cases:  # within a case that was just chosen, the page is known
            title = " › ".join((entry.title, *(part or fork.headings)))
            self._say("utter_case_first" if again else "utter_about", {}, title=title)
        most = self._most_cases
        last = len(fork.labels) if only or len(fork.labels) <= page + most + 1 else page + most
        numbered = [(number, label) for number, label in enumerate(fork.labels) if number in (only or range(page, last))]
        options = [case_option(label, entry.id, (*fork.address, number)) for number, label in numbered]
        brief = card is not None and self._paid  # something was said: the other cases need few words
        if brief:
            options += others[:most]
        block = choices("cases", options).model_dump(mode="json")
        name = "utter_other_cases" if brief else question_for(fork)
        self._say(name, {**about, "block": block}, question=fork.question)
        if last < len(fork.labels):
            payload = fork_payload(entry.id, fork.address, last)
            self._say("utter_option_more", {"fill": "option", "payload": payload})
        if not brief:
            self._say("utter_option_unsure", {"fill": "option", "payload": fork_payload(entry.id, fork.address)})
        if fork.cases and not brief:
            self._say("utter_option_back", {"fill": "option", "payload": "/go_back"})
        if others and not brief:
            self._say("utter_other_cases", {"block": choices("cases", others[:most]).model_dump(mode="json")})

    def answer_or_twin(self, entry: Entry, card: Card, twin: Option, *, language: str, confidence: float | None) -> None:
        """The card, and the page that says it of another situation."""
        about = {"outcome": Outcome.GUIDED, **_about(entry, card.block.snapshot, confidence)}
        self._card(entry, card, {}, language=language)
        self._say("utter_twin", {**about, "block": choices("entries", [twin]).model_dump(mode="json")})
        self._say("utter_option_none", {"fill": "option", "payload": "/none_of_these"})

    def explain(self, entry: Entry, card: Card, points: Sequence[Option], *, language: str) -> None:
        """The page in few words, and its chapters to choose from."""
        about = _about(entry, card.block.snapshot, None)
        self._card(entry, card, {"outcome": Outcome.ANSWERED, **about}, language=language)
        self._say("utter_points", {"block": choices("menu", points).model_dump(mode="json")})
        self._say("utter_option_human", {"fill": "option", "payload": "/ask_human"})

    def not_on_page(self, entry: Entry, options: Sequence[Option], *, snapshot: str) -> None:
        """That the page does not say it; ``options`` are pages that may."""
        about = _about(entry, snapshot, None)
        block = choices("entries", options).model_dump(mode="json")
        self._say("utter_not_on_page", {"outcome": Outcome.CHOICES, **about, "block": block}, title=entry.title)
        self._say("utter_option_human", {"fill": "option", "payload": "/ask_human"})

    def nothing_else(
        self, entry: Entry, shown: Sequence[str], parts: Sequence[Option], pages: Sequence[Option], *, snapshot: str
    ) -> None:
        """That the page says nothing else than what stands under the headings ``shown``; ``parts`` of it and other ``pages``,
        found by likeness, may help instead."""
        offered = [(name, some) for name, some in (("utter_same_page", parts), ("utter_related", pages)) if some]
        about = {"outcome": Outcome.CHOICES, **_about(entry, snapshot, None), "alike": [page.payload for page in pages]}
        alone = {} if offered else {"block": choices("menu", ()).model_dump(mode="json")}
        self._say("utter_nothing_else", {**about, **alone}, title=" › ".join((entry.title, *shown)))
        for name, options in offered:
            self._say(name, {"block": choices("related", options).model_dump(mode="json")})
        self._say("utter_option_human", {"fill": "option", "payload": "/ask_human"})

    def no_more(self, entry: Entry, *, snapshot: str) -> None:
        """That all was shown, and where the page is."""
        self._say("utter_no_more", {"outcome": Outcome.ANSWERED, **_about(entry, snapshot, None)}, url=entry.url)

    def _card(self, entry: Entry, card: Card, custom: dict[str, Any], *, language: str, again: bool = False) -> None:
        block = card.block
        said = "utter_answer_again" if again else "utter_answer"
        name = said if entry.locale == language else "utter_answer_other_language"
        self._say(name, {**custom, "block": block.model_dump(mode="json")}, title=block.title)
        if block.verified_on is None:
            self._say("utter_undated", {"fill": "notice"})
        elif is_old(block.verified_on, self._settings.verified_months, date.today()):
            self._say("utter_old", {"fill": "notice"}, date=written(block.verified_on, language))

    def choose(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> None:
        """Which of these entries? The first of ``options`` say in an extract what they would answer."""
        block: ChoicesBlock = choices("entries", options)
        custom = {
            "outcome": Outcome.CHOICES,
            "block": block.model_dump(mode="json"),
            "snapshot": snapshot,
            "confidence": confidence,
        }
        self._say("utter_choices", custom)
        if not self._paid:  # where each line is paid for, "aucune" is understood
            self._say("utter_option_none", {"fill": "option", "payload": "/none_of_these"})

    def choose_dossier(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> None:
        """Which of these subjects? The message is a name that they share."""
        block = choices("menu", options).model_dump(mode="json")
        custom = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence, "block": block}
        self._say("utter_dossiers", custom)
        self._say("utter_option_none", {"fill": "option", "payload": "/none_of_these"})

    def offer_themes(self, options: Sequence[Option], *, snapshot: str) -> None:
        """Where the question may belong, and that other words or a human help too."""
        block = choices("menu", options).model_dump(mode="json")
        self._say("utter_none_of_these", {"outcome": Outcome.CHOICES, "snapshot": snapshot, "block": block})
        self._say("utter_option_human", {"fill": "option", "payload": "/ask_human"})

    def answer_part(self, entry: Entry, card: Card, question: str, *, first: bool, language: str) -> None:
        """One of the answers to a message with two questions; the first one is the turn's."""
        about = {"outcome": Outcome.ANSWERED, **_about(entry, card.block.snapshot, None)} if first else {}
        self._say("utter_part", about, question=question)
        self._card(entry, card, {}, language=language)

    def no_answer(self, nearest: Sequence[Option], *, snapshot: str, confidence: float | None) -> None:
        """That there is nothing good enough, and where else to ask; the titles that come nearest besides."""
        custom = {"outcome": Outcome.NO_ANSWER, "snapshot": snapshot, "confidence": confidence}
        self._say("utter_no_answer", custom, contact=self._settings.contact)
        if nearest:
            self._say("utter_nearest", {"block": choices("related", nearest).model_dump(mode="json")})

    def entry_gone(self, *, snapshot: str) -> None:
        """That the page of a button is no longer there, and where else to ask."""
        custom = {"outcome": Outcome.NO_ANSWER, "snapshot": snapshot, "confidence": None}
        self._say("utter_entry_gone", custom, contact=self._settings.contact)

    def out_of_scope(self, *, snapshot: str, confidence: float | None) -> None:
        """That this is nothing for an administration, and what is."""
        custom = {"outcome": Outcome.OUT_OF_SCOPE, "snapshot": snapshot, "confidence": confidence}
        self._say("utter_out_of_scope", custom, contact=self._settings.contact)

    def clarify(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> None:
        """What is it about? ``options`` are themes; words of the citizen's own do as well."""
        custom: dict[str, Any] = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        if options:
            custom["block"] = choices("menu", options).model_dump(mode="json")
        self._say("utter_clarify", custom)
        if options:
            self._say("utter_option_human", {"fill": "option", "payload": "/ask_human"})

    def acknowledge(self, response: str) -> None:
        """A sentence about the conversation itself."""
        self._say(response, {"outcome": Outcome.SMALL_TALK})

    def wait_for_human(self) -> None:
        """A human was asked for, and somebody is on duty: the worker adds the place in the queue."""
        self._say("utter_handoff_waiting", {"outcome": Outcome.HANDOFF_WAITING, "handoff": {"want": "wait"}})
        self._say("utter_handoff_meanwhile", {})

    def nobody_on_duty(self, back: datetime | None, language: str) -> None:
        """When the team is ``back``; ``None``: nobody answers live here at all."""
        custom = {"outcome": Outcome.HANDOFF_OFFLINE, "handoff": {"want": "offline"}}
        if back is None:
            self._say("utter_reach_human", custom, contact=self._settings.contact)
        else:
            day, time = day_and_time(back, language)
            self._say("utter_handoff_offline", custom, contact=self._settings.contact, day=day, time=time)
        if self._settings.opening.next_opening(now()) is not None:  # somebody will be there to call
            self._say("utter_offer_call_back", {})

    def say(self, response: str, custom: dict[str, Any], **values: str) -> None:
        """Utter a response of ``domain.yml`` for a policy that has words of its own."""
        self._say(response, custom, **values)

    def _say(self, response: str, custom: dict[str, Any], **values: str) -> None:
        self._dispatcher.utter_message(response=response, json_message=custom, **values)


def _about(entry: Entry, snapshot: str, confidence: float | None) -> dict[str, Any]:
    return {"entry": entry.id, "entry_version": entry.version, "snapshot": snapshot, "confidence": confidence}
