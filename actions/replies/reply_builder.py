"""Makes the utterances of a reply: one method for each kind of reply."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

from actions.replies.cards import Card
from actions.replies.utterance import Utterance, say
from core.channels import traits_of
from core.database.base import now
from core.dates import format_day, is_old
from core.entry import Entry
from core.opening_hours import day_and_time
from core.settings import Settings
from core.turns import ChoicesBlock, Option, Outcome, PlaceBlock, Source
from retrieval.contracts import Topic

type Utterances = Iterator[Utterance]
_ROOM_OF_SEGMENT = 115  # characters of an SMS that "… : pas traité par nos services. Voyez … : …" leaves
_HUMAN = ("utter_option_human", "/ask_human")


class ReplyBuilder:
    """Makes replies for ``channel``."""

    def __init__(self, settings: Settings, channel: str = "web") -> None:
        self._settings, traits = settings, traits_of(channel)
        self._paid = traits.pays_by_segment  # each line costs
        self.most_cases = traits.most_cases

    def answer(self, entry: Entry, card: Card, *, language: str, confidence: float | None = None) -> Utterances:
        """Answers with the card."""
        custom = {"outcome": Outcome.ANSWERED, **about(entry, card.block.snapshot, confidence)}
        yield from self.card(entry, card, custom, language=language)

    def card(self, entry: Entry, card: Card, custom: dict[str, Any] | None = None, *, language: str) -> Utterances:
        """Shows the card with its warnings. ``custom``: what it says of the turn."""
        block = card.block
        name = "utter_answer" if entry.locale == language else "utter_answer_other_language"
        yield say(name, {**(custom or {}), "block": block.model_dump(mode="json")}, title=block.title)
        if block.verified_on is None:
            yield say("utter_undated", {"fill": "notice"})
        elif is_old(block.verified_on, self._settings.verified_months, date.today()):
            yield say("utter_old", {"fill": "notice"}, date=format_day(block.verified_on, language))

    def explain(self, entry: Entry, card: Card, points: Sequence[Option], *, language: str) -> Utterances:
        """Answers with the page in a few words, and offers its chapters."""
        yield from self.answer(entry, card, language=language)
        yield say("utter_points", {"block": block_of("menu", points)})
        yield option_of(*_HUMAN)

    def not_on_page(self, entry: Entry, options: Sequence[Option], *, snapshot: str) -> Utterances:
        """Says that the page does not answer the question. ``options`` are pages that may."""
        custom = {"outcome": Outcome.CHOICES, **about(entry, snapshot), "block": block_of("entries", options)}
        yield say("utter_not_on_page", custom, title=entry.title)
        yield option_of(*_HUMAN)

    def nothing_else(
        self, entry: Entry, shown: Sequence[str], parts: Sequence[Option], pages: Sequence[Option], *, snapshot: str
    ) -> Utterances:
        """Says that the page has no more about it than the text under the headings ``shown``.

        ``parts`` of it and other ``pages``, found by similarity, may help instead.
        """
        offered = [(name, some) for name, some in (("utter_same_page", parts), ("utter_related", pages)) if some]
        custom = {"outcome": Outcome.CHOICES, **about(entry, snapshot), "alike": [page.payload for page in pages]}
        if not offered:
            custom["block"] = block_of("menu", ())
        yield say("utter_nothing_else", custom, title=" › ".join((entry.title, *shown)))
        for name, options in offered:
            yield say(name, {"block": block_of("related", options)})
        yield option_of(*_HUMAN)

    def no_more(self, entry: Entry, *, snapshot: str) -> Utterances:
        """Says that everything was shown, and where the page is."""
        yield say("utter_no_more", {"outcome": Outcome.ANSWERED, **about(entry, snapshot)}, url=entry.url)

    def choose(self, options: Sequence[Option], *, snapshot: str, confidence: float | None) -> Utterances:
        """Asks which of these entries is meant. The first ``options`` have an extract with their answer."""
        custom = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        yield say("utter_choices", {**custom, "block": block_of("entries", options)})
        if not self._paid:  # where each line costs, "aucune" is understood without its own line
            yield option_of("utter_option_none", "/none_of_these")

    def menu(self, response: str, options: Sequence[Option], *, snapshot: str, confidence: float | None = None) -> Utterances:
        """Asks ``response``, with ``options`` (themes) and a human."""
        custom = {"outcome": Outcome.CHOICES, "snapshot": snapshot, "confidence": confidence}
        yield say(response, {**custom, "block": block_of("menu", options)})
        yield option_of(*_HUMAN)

    def refuse(
        self, response: str, *, snapshot: str, confidence: float | None = None, nearest: Sequence[Option] = ()
    ) -> Utterances:
        """Says (``response``) that there is no good answer, and where else to ask; offers the ``nearest`` titles."""
        outcome = Outcome.OUT_OF_SCOPE if response == "utter_out_of_scope" else Outcome.NO_ANSWER
        custom = {"outcome": outcome, "snapshot": snapshot, "confidence": confidence}
        yield say(response, custom, contact=self._settings.contact)
        if nearest:
            yield say("utter_nearest", {"block": block_of("related", nearest)})

    def hand_on(
        self,
        topic: Topic,
        *,
        language: str,
        snapshot: str,
        confidence: float | None = None,
        nearest: Sequence[Option] = (),
    ) -> Utterances:
        """Says that another administration handles ``topic``, and how to reach it; offers the ``nearest`` titles."""
        custom = {"outcome": Outcome.OUT_OF_SCOPE, "snapshot": snapshot, "confidence": confidence}
        english, site = language == "en", topic.url.partition("://")[2].rstrip("/")
        name, hours, sentence = (
            (english and translated) or text
            for text, translated in (
                (topic.name, topic.name_en),
                (topic.hours, topic.hours_en),
                (topic.sentence, topic.sentence_en),
            )
        )
        ways = ", ".join(filter(None, (topic.phone, site))) or topic.address
        if len(name + topic.body + ways) > _ROOM_OF_SEGMENT:
            ways = topic.phone or ways
        yield say("utter_handed_on", custom, topic=name, sentence=sentence, body=topic.body, ways=ways)
        if not self._paid:
            block = PlaceBlock(
                name=topic.body,
                kind="",
                commune="",
                address=topic.address,
                note=hours[:1].upper() + hours[1:],
                phone=topic.phone,
                source=Source(name=site or self._settings.organisation, url=topic.url),
            )
            yield Utterance(None, {"block": block.model_dump(mode="json")})  # a card without a sentence of its own
        if nearest:
            yield say("utter_nearest", {"block": block_of("related", nearest)})

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
            yield say(self._settings.offer_of_answer, {})


def block_of(purpose: Literal["entries", "related", "menu", "cases"], options: Sequence[Option]) -> dict[str, Any]:
    """Returns a block of buttons, as JSON."""
    return ChoicesBlock(purpose=purpose, options=tuple(options)).model_dump(mode="json")


def option_of(response: str, payload: str, **values: str) -> Utterance:
    """Returns the utterance that adds a button to the block before it."""
    return say(response, {"fill": "option", "payload": payload}, **values)


def about(entry: Entry, snapshot: str, confidence: float | None = None) -> dict[str, Any]:
    """Returns what a turn that is about ``entry`` says of it."""
    return {"entry": entry.id, "entry_version": entry.version, "snapshot": snapshot, "confidence": confidence}
