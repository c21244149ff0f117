"""Makes the utterances of a reply: one method for each kind of reply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from actions.cases.case_questions import question_for
from actions.cases.case_tree import Fork
from actions.replies.cards import Card, case_option, choices, fork_payload
from actions.replies.related import Also
from actions.replies.utterance import Utterance, say
from core.channels import traits_of
from core.database.base import now
from core.dates import format_day, is_old
from core.entry import Entry
from core.opening_hours import day_and_time
from core.settings import Settings
from core.turns import Option, Outcome

type Utterances = Iterator[Utterance]


class WhichCase(NamedTuple):
    """The question which case of ``fork`` is the citizen's.

    ``page``: the first case to offer. ``part``: the headings of the requested part of the page. ``only``: the numbers of the
    cases that are still possible after the reply to this question, if several are.
    """

    fork: Fork
    part: tuple[str, ...] = ()
    only: Sequence[int] = ()
    page: int = 0


class Besides(NamedTuple):
    """The offers below a card.

    Other parts of the ``same_page``, and ``related`` pages; those with the payloads ``alike`` were found only by similarity.
    ``cases`` of the page that are not on the card; ``every_case``: the payload that shows them all if they are too many.
    ``rest``: the payload that continues the part of which the card has an extract. ``also``: an older page with the same
    content.
    """

    same_page: Sequence[Option] = ()
    related: Sequence[Option] = ()
    alike: Sequence[str] = ()
    cases: Sequence[Option] = ()
    every_case: str = ""
    rest: str = ""
    also: Also | None = None


class ReplyBuilder:
    """Makes replies for ``channel``."""

    def __init__(self, settings: Settings, channel: str = "web") -> None:
        self._settings, traits = settings, traits_of(channel)
        self._paid = traits.pays_by_segment  # each line costs
        self._most_cases = traits.most_cases

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
    ) -> Utterances:
        """Answers with the card, its warnings and what is offered ``besides``.

        ``assumed``: the cases taken from what the citizen said before. ``supposed``: the cases that nobody said. ``back``:
        the last case can be taken back. ``again``: the card is a part of what was shown before.
        """
        about = _about(entry, card.block.snapshot, confidence)
        if supposed:
            yield say("utter_supposed", {}, cases=", ".join(supposed))
        yield from self._card(entry, card, {"outcome": Outcome.ANSWERED, **about}, language=language, again=again)
        if assumed:
            yield say("utter_assumed", {}, cases=", ".join(assumed))
        # By SMS each line costs: cases that are on the card in full are not named again.
        if besides.cases and (supposed or card.shortened or not self._paid):
            name = "utter_other_cases" if supposed else "utter_each_case"
            yield say(name, {"block": _block("cases", besides.cases[: self._most_cases])})
            if len(besides.cases) > self._most_cases:
                yield _option("utter_option_more", besides.every_case)
        if besides.same_page or besides.rest:
            yield say("utter_same_page", {"block": _block("related", besides.same_page)})
            if besides.rest:
                yield _option("utter_option_read_on", besides.rest)
        also = None if self._paid else besides.also
        if besides.related or also:
            yield say("utter_related", {"block": _block("related", besides.related), "alike": list(besides.alike)})
        if also:
            yield _option("utter_option_also", also.payload, source=also.source, year=str(also.year))
        if back and (besides.same_page or besides.rest or besides.related or also):
            yield _option("utter_option_other_case", "/go_back")

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
    ) -> Utterances:
        """Asks ``question``. ``card``: content that can be shown before it. ``supposed``: the cases that nobody said.
        ``others``: buttons to further cases.
        """
        fork, part, only, page = question
        about = {"outcome": Outcome.GUIDED, **_about(entry, snapshot, confidence)}
        if supposed:
            yield say("utter_supposed", {}, cases=", ".join(supposed))
        if card:
            yield from self._card(entry, card, {}, language=language)
        elif only:
            yield say("utter_cases_left", {})
        elif part or not fork.cases:  # in a case that was just chosen, the citizen knows the page already
            title = " › ".join((entry.title, *(part or fork.headings)))
            yield say("utter_about", {}, title=title)
        most = self._most_cases
        last = len(fork.labels) if only or len(fork.labels) <= page + most + 1 else page + most
        numbered = [(number, label) for number, label in enumerate(fork.labels) if number in (only or range(page, last))]
        options = [case_option(label, entry.id, (*fork.address, number)) for number, label in numbered]
        brief = card is not None and self._paid  # the card answers something: the other cases need few words
        if brief:
            options += others[:most]
        name = "utter_other_cases" if brief else question_for(fork)
        yield say(name, {**about, "block": _block("cases", options)}, question=fork.question)
        if last < len(fork.labels):
            yield _option("utter_option_more", fork_payload(entry.id, fork.address, last))
        if not brief:
            yield _option("utter_option_unsure", fork_payload(entry.id, fork.address))
        if fork.cases and not brief:
            yield _option("utter_option_back", "/go_back")
        if others and not brief:
            yield say("utter_other_cases", {"block": _block("cases", others[:most])})

    def answer_or_twin(self, entry: Entry, card: Card, twin: Option, *, language: str, confidence: float | None) -> Utterances:
        """Answers with the card, and offers the page with the same content for another situation."""
        about = {"outcome": Outcome.GUIDED, **_about(entry, card.block.snapshot, confidence)}
        yield from self._card(entry, card, {}, language=language)
        yield say("utter_twin", {**about, "block": _block("entries", [twin])})
        yield _option("utter_option_none", "/none_of_these")

    def explain(self, entry: Entry, card: Card, points: Sequence[Option], *, language: str) -> Utterances:
        """Answers with the page in a few words, and offers its chapters."""
        about = _about(entry, card.block.snapshot, None)
        yield from self._card(entry, card, {"outcome": Outcome.ANSWERED, **about}, language=language)
        yield say("utter_points", {"block": _block("menu", points)})
        yield _option("utter_option_human", "/ask_human")

    def not_on_page(self, entry: Entry, options: Sequence[Option], *, snapshot: str) -> Utterances:
        """Says that the page does not answer the question. ``options`` are pages that may."""
        about = {"outcome": Outcome.CHOICES, **_about(entry, snapshot, None)}
        yield say("utter_not_on_page", {**about, "block": _block("entries", options)}, title=entry.title)
        yield _option("utter_option_human", "/ask_human")

    def nothing_else(
        self, entry: Entry, shown: Sequence[str], parts: Sequence[Option], pages: Sequence[Option], *, snapshot: str
    ) -> Utterances:
        """Says that the page has no more about it than the text under the headings ``shown``.

        ``parts`` of it and other ``pages``, found by similarity, may help instead.
        """
        offered = [(name, some) for name, some in (("utter_same_page", parts), ("utter_related", pages)) if some]
        about = {"outcome": Outcome.CHOICES, **_about(entry, snapshot, None), "alike": [page.payload for page in pages]}
        alone = {} if offered else {"block": _block("menu", ())}
        yield say("utter_nothing_else", {**about, **alone}, title=" › ".join((entry.title, *shown)))
        for name, options in offered:
            yield say(name, {"block": _block("related", options)})
        yield _option("utter_option_human", "/ask_human")

    def no_more(self, entry: Entry, *, snapshot: str) -> Utterances:
        """Says that everything was shown, and where the page is."""
        yield say("utter_no_more", {"outcome": Outcome.ANSWERED, **_about(entry, snapshot, None)}, url=entry.url)

    def _card(self, entry: Entry, card: Card, custom: dict[str, Any], *, language: str, again: bool = False) -> Utterances:
        block = card.block
        said = "utter_answer_again" if again else "utter_answer"
        name = said if entry.locale == language else "utter_answer_other_language"
        yield say(name, {**custom, "block": block.model_dump(mode="json")}, title=block.title)
        if block.verified_on is None:
            yield say("utter_undated", {"fill": "notice"})
        elif is_old(block.verified_on, self._settings.verified_months, date.today()):
            yield say("utter_old", {"fill": "notice"}, date=format_day(block.verified_on, language))

    def choose(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> Utterances:
        """Asks which of these entries is meant. The first ``options`` have an extract with their answer."""
        custom = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        yield say("utter_choices", {**custom, "block": _block("entries", options)})
        if not self._paid:  # where each line costs, "aucune" is understood without its own line
            yield _option("utter_option_none", "/none_of_these")

    def choose_subject(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> Utterances:
        """Asks which of these subjects is meant: the message is a name that they share."""
        custom = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        yield say("utter_dossiers", {**custom, "block": _block("menu", options)})
        yield _option("utter_option_none", "/none_of_these")

    def offer_themes(self, options: Sequence[Option], *, snapshot: str) -> Utterances:
        """Offers the themes that may contain the question, rephrasing, and a human."""
        yield say("utter_none_of_these", {"outcome": Outcome.CHOICES, "snapshot": snapshot, "block": _block("menu", options)})
        yield _option("utter_option_human", "/ask_human")

    def answer_part(self, entry: Entry, card: Card, question: str, *, first: bool, language: str) -> Utterances:
        """Answers one of two questions in a message; the first answer gives the turn its outcome."""
        about = {"outcome": Outcome.ANSWERED, **_about(entry, card.block.snapshot, None)} if first else {}
        yield say("utter_part", about, question=question)
        yield from self._card(entry, card, {}, language=language)

    def no_answer(self, nearest: Sequence[Option], *, snapshot: str, confidence: float | None) -> Utterances:
        """Says that there is no good answer, and where else to ask; offers the nearest titles."""
        custom = {"outcome": Outcome.NO_ANSWER, "snapshot": snapshot, "confidence": confidence}
        yield say("utter_no_answer", custom, contact=self._settings.contact)
        if nearest:
            yield say("utter_nearest", {"block": _block("related", nearest)})

    def entry_gone(self, *, snapshot: str) -> Utterances:
        """Says that the page of a button no longer exists, and where else to ask."""
        custom = {"outcome": Outcome.NO_ANSWER, "snapshot": snapshot, "confidence": None}
        yield say("utter_entry_gone", custom, contact=self._settings.contact)

    def out_of_scope(self, *, snapshot: str, confidence: float | None) -> Utterances:
        """Says that the question is not for an administration, and which questions are."""
        custom = {"outcome": Outcome.OUT_OF_SCOPE, "snapshot": snapshot, "confidence": confidence}
        yield say("utter_out_of_scope", custom, contact=self._settings.contact)

    def clarify(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> Utterances:
        """Asks what the message is about. ``options`` are themes; the citizen may also answer in their own words."""
        custom: dict[str, Any] = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        if options:
            custom["block"] = _block("menu", options)
        yield say("utter_clarify", custom)
        if options:
            yield _option("utter_option_human", "/ask_human")

    def acknowledge(self, response: str) -> Utterances:
        """Says a sentence about the conversation itself."""
        yield say(response, {"outcome": Outcome.SMALL_TALK})

    def wait_for_human(self) -> Utterances:
        """Says that a human will come, since somebody is on duty. The worker adds the place in the queue."""
        yield say("utter_handoff_waiting", {"outcome": Outcome.HANDOFF_WAITING, "handoff": {"want": "wait"}})
        yield say("utter_handoff_meanwhile", {})

    def nobody_on_duty(self, back: datetime | None, language: str) -> Utterances:
        """Says when the team is ``back``; ``None``: nobody ever answers live here."""
        custom = {"outcome": Outcome.HANDOFF_OFFLINE, "handoff": {"want": "offline"}}
        if back is None:
            yield say("utter_reach_human", custom, contact=self._settings.contact)
        else:
            day, time = day_and_time(back, language)
            yield say("utter_handoff_offline", custom, contact=self._settings.contact, day=day, time=time)
        if self._settings.opening.next_opening(now()) is not None:  # the team will be there for a call
            yield say("utter_offer_call_back", {})


def _block(purpose: Literal["entries", "related", "menu", "cases"], options: Sequence[Option]) -> dict[str, Any]:
    """Returns a block of buttons, as JSON."""
    return choices(purpose, options).model_dump(mode="json")


def _option(response: str, payload: str, **values: str) -> Utterance:
    """Returns the utterance that adds a button to the block before it."""
    return say(response, {"fill": "option", "payload": payload}, **values)


def _about(entry: Entry, snapshot: str, confidence: float | None) -> dict[str, Any]:
    return {"entry": entry.id, "entry_version": entry.version, "snapshot": snapshot, "confidence": confidence}
