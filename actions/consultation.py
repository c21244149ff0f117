"""One turn about an entry: what is remembered going in, what is shown, what is remembered going out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.aspects import Aspect, aspects, passages_on
from actions.cards import Card, answer_card, entry_option, part_card, rest_card, whole_fork_card
from actions.case_tree import Fork, counterparts, fork_at, forks, passages_under, read, steps_to, written
from actions.follow_up import is_short
from actions.guide import Guidance, guide
from actions.hubs import further_on, leads_to, says_nothing
from actions.metrics import count_search
from actions.related import MOST, MOST_AT_HEAD, MOST_PARTS, related_options, same_page_options, unread_first
from actions.shown_again import excerpt, repeats, rest_speaks
from actions.situation.matching import applying, left_by, left_open, named_in, picked, plain_label
from actions.situation.reading import passing, said
from actions.speaker import Besides, Speaker, WhichCase
from actions.subject import Situation, Subject, packed, unpacked
from actions.whole import stand_in
from core.entry import Address, Entry, located_passages, passages
from core.settings import Settings
from core.turns import Option
from retrieval.contracts import Hit, RetrievalResult, Retriever
from retrieval.lexical.analysis import terms

LIMIT = 6  # hits looked at


class Consultation:
    """Speaks about entries on behalf of one run of an action. ``events`` is what the action returns."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, settings: Settings, retriever: Retriever) -> None:
        self.settings, self.retriever = settings, retriever
        self.language = str(tracker.get_slot("language") or settings.default_language)
        self.collection = settings.collection or None
        self.subject = self._before = Subject.read(tracker.get_slot("subject"))
        self.situation = Situation.read(tracker.get_slot("situation"))
        text = str(tracker.latest_message.get("text") or "")
        self._typed = "" if text.startswith("/") else text  # a button's payload is nobody's words
        self.speaker = Speaker(dispatcher, settings, str(tracker.get_latest_input_channel() or "web"))
        self._found: dict[tuple[str, str, int], RetrievalResult] = {}

    @property
    def events(self) -> list[dict[str, Any]]:
        """The slots as they stand now."""
        subject = self.subject.model_dump(mode="json") if self.subject else None
        return [SlotSet("subject", subject), SlotSet("situation", self.situation.model_dump(mode="json"))]

    def hear(self, text: str) -> None:
        """Take in what ``text`` says of the citizen."""
        self.situation = self.situation.with_said(said(text), text)

    def reply_to_question(self, text: str) -> bool:
        """Take ``text`` as the answer to the question that waits for one; false if there is none, or it is something else."""
        subject = self.subject
        entry = self.retriever.entry(subject.entry, self.collection) if subject and subject.asked is not None else None
        if subject is None or subject.asked is None or entry is None:
            return False
        try:
            fork = fork_at(entry, read(subject.asked))
        except LookupError:  # the entry has changed since
            return False
        if not is_short(text):
            return False
        case = picked(fork.labels, text)
        left = left_by(fork.labels, text) if case is None else [case]
        if not left:
            return False
        self.hear(text)
        if case is not None:
            self.choose(entry, (*fork.address, case))
        elif len(left) < len(fork.labels):  # "à l'étranger": in Europe or elsewhere?
            self._ask(entry, WhichCase(fork, only=left))
        else:
            self._ask(entry, WhichCase(fork, again=True))
        return True

    def open(
        self,
        entry: Entry,
        passage: int,
        query: str,
        *,
        confidence: float | None = None,
        others: Sequence[Hit] = (),
        aspect: Aspect | None = None,
        named: bool = False,
    ) -> None:
        """Make ``entry`` the subject and answer ``query`` from ``passage`` on, or from what speaks of ``aspect``.

        ``others`` are entries to see besides; ``named``: see ``proceed``.
        """
        offered = self.subject.offered if self.subject and entry.id in self.subject.offered else ()
        chosen = self.subject.chosen if self.subject and entry.id == self.subject.entry else ()
        speaking = passages_on(entry, aspect) if aspect else []
        told = self.subject.told if self.subject and entry.id == self.subject.entry else ()
        passage = speaking[0] if speaking else further_on(self.retriever, entry, passage, query, told)
        about = Subject(entry=entry.id, collection=entry.collection, query=query, start=passage)
        known = {
            "facts": packed(passing(said(query))),
            "chosen": chosen,
            "offered": offered,
            "aspect": aspect.name if aspect else "",
            "told": told,
        }
        self.subject = about.model_copy(update=known)
        self.reconsider(entry, query)
        self.proceed(entry, passage, confidence=confidence, others=others, named=named or aspect is not None)

    def reconsider(self, entry: Entry, text: str) -> list[Address]:
        """Take back what was chosen where ``text`` says otherwise. Returns the addresses of the cases that it decides for."""
        subject, facts = self._about(entry), said(text)
        decided: dict[str, Address] = {}
        for fork in forks(entry):
            case = applying(fork.labels, left_open(facts, fork.cases)) if facts else None
            case = named_in(fork.labels, text) if case is None else case
            if case is not None:
                decided[written(fork.address)] = (*fork.address, case)
        chosen = tuple(one for one in subject.chosen if one.rpartition(".")[0] not in decided)
        reopened = tuple(one for one in subject.reopened if one not in decided)
        self.subject = subject.model_copy(update={"chosen": chosen, "reopened": reopened})
        return list(decided.values())

    def update(self, **changes: Any) -> None:
        """Change fields of the subject."""
        if self.subject:
            self.subject = self.subject.model_copy(update=changes)

    def stands_at(self, entry: Entry) -> Address:
        """Where the citizen is in ``entry``: at the fork that is asked, or at the passage shown last."""
        if self.subject is None:
            return ()
        if self.subject.asked is not None:
            return read(self.subject.asked)
        located = located_passages(entry)
        shown = self.subject.shown
        return located[shown][1] if shown is not None and shown < len(located) else ()

    def choose(self, entry: Entry, address: Address) -> None:
        """The citizen's case is the one at ``address``. Raises ``LookupError`` where the entry has no such case."""
        steps = steps_to(entry, address)
        if not steps or (*steps[-1].fork.address, steps[-1].case) != address:
            raise LookupError("there is no case at this address")
        subject = self._about(entry)
        path = [written((*step.fork.address, step.case)) for step in steps]
        decided = {written(step.fork.address) for step in steps}
        chosen = [one for one in subject.chosen if one.rpartition(".")[0] not in decided]
        reopened = tuple(one for one in subject.reopened if one not in decided)
        self.subject = subject.model_copy(update={"chosen": (*chosen, *path), "reopened": reopened})
        label = steps[-1].fork.labels[steps[-1].case]
        self.situation = self.situation.with_choice(label, subject.query)
        inside = passages_under(entry, address)
        start = subject.start if subject.start in inside else self.best(entry, counterparts(entry, subject.start, inside))
        self.proceed(entry, start)

    def reopen(self, entry: Entry, fork: Fork, page: int = 0) -> None:
        """Ask again at ``fork``, whatever was chosen or said; from option number ``page`` on."""
        subject = self._about(entry)
        place = written(fork.address)
        chosen = tuple(one for one in subject.chosen if one.rpartition(".")[0] != place)
        reopened = (*(one for one in subject.reopened if one != place), place)
        self.subject = subject.model_copy(update={"chosen": chosen, "reopened": reopened, "asked": place})
        self._ask(entry, WhichCase(fork, page=page))

    def show_all(self, entry: Entry, fork: Fork) -> None:
        """The citizen cannot tell: the cases of ``fork`` side by side."""
        subject = self.subject = self._about(entry).model_copy(update={"asked": None, "shown": None})
        self.show(entry, whole_fork_card(entry, fork, self.retriever.status().snapshot, subject.start), (), back=True)

    def proceed(
        self, entry: Entry, start: int, *, confidence: float | None = None, others: Sequence[Hit] = (), named: bool = False
    ) -> None:
        """Show what applies to the citizen, from passage ``start`` on, or ask.

        ``named``: the citizen asked for this very part of the page, so that a question is asked about it by its name.
        """
        subject = self._about(entry)
        found = self._guided(entry, start)
        snapshot = self.retriever.status().snapshot
        asked = written(found.asked.address) if found.asked else None
        if found.passage is not None and found.asked is None and self._follow(entry, found.passage):
            return
        if found.asked is not None and found.passage is not None and says_nothing(entry, found.passage):
            found = found._replace(passage=None)
        elif found.asked is None and found.passage is not None:
            found = found._replace(passage=stand_in(entry, found.passage))
        if found.asked is None and found.passage is not None and repeats(self._before, self._typed, entry, found.passage):
            self._nothing_else(entry, found.passage)
            return
        cases = None if found.alike is None else len(found.alike.cases)
        card = None if found.passage is None else answer_card(entry, found.passage, snapshot, cases)
        # What a description breaks off with is no rest to read on.
        seen = (
            0 if card is None else len(card.block.body) if card.shortened else len(passages(entry)[found.passage or 0].markdown)
        )
        told = subject.told if found.passage is None else subject.having_told(found.passage)
        self.subject = subject.model_copy(update={"asked": asked, "shown": found.passage, "seen": seen, "told": told})
        if found.asked:
            before = self._before if self._typed or named else None  # a button of the page itself begins it anew
            again = before is not None and (before.entry, before.asked) == (entry.id, asked)
            known = again and before is not None and before.shown == found.passage  # the text that leads up to the question
            part = passages(entry)[start].headings if named else ()
            self._ask(entry, WhichCase(found.asked, part, again=again), None if known else card, confidence)
            return
        assert card is not None
        assumed = [
            fork_at(entry, fork).labels[case]
            for fork, case in found.taken.items()
            if self.case(subject, fork_at(entry, fork), remembered=False) != case
        ]
        back = bool(card.block.cases)
        self.show(entry, card, assumed, back=back, confidence=confidence, others=others)

    def _nothing_else(self, entry: Entry, order: int) -> None:
        """Passage ``order`` was just shown: what of it speaks of what is asked now, or else what may help instead."""
        seen = self._before.seen if self._before else 0
        self.update(asked=None, shown=order, seen=seen)
        if rest_speaks(entry, order, seen, self._typed):
            self.show_rest(entry, order)
            return
        snapshot = self.retriever.status().snapshot
        if speaking := excerpt(entry, order, self._typed):
            self.show(entry, part_card(entry, order, speaking, snapshot), again=True)
            return
        language = self.language
        found = self.search(f"{entry.title} {self._typed}", LIMIT)
        self.language = language  # the page's title says nothing of the message's
        others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in found.hits if hit.entry_id != entry.id]
        headings = passages(entry)[order].headings
        self.speaker.nothing_else(entry, headings, self._same_page(entry, headings), others[:MOST], snapshot=snapshot)

    def show_rest(self, entry: Entry, order: int) -> None:
        """Go on with passage ``order``, where it was cut."""
        seen = self.subject.seen if self.subject else 0
        card = rest_card(entry, order, seen, self.retriever.status().snapshot)
        self.update(seen=seen + len(card.block.body))
        self.show(entry, card)

    def _follow(self, entry: Entry, order: int) -> bool:
        """Where the passage is nothing but a link to another page of ours, that page answers."""
        other = self.retriever.entry(leads_to(entry, order), entry.collection)
        if other is None or self.subject is None or other.id in (entry.id, *self.subject.offered):
            return False
        asked = self.subject.query
        query = other.title if len(terms(asked)) <= len(terms(entry.title)) else f"{other.title} {asked}"
        start = self.retriever.best_passage(other, asked) if asked else 0
        self.subject = Subject(
            entry=other.id, collection=other.collection, query=query, start=start, facts=self.subject.facts, offered=(entry.id,)
        )
        self.reconsider(other, query)
        self.proceed(other, start)
        return True

    def show(
        self,
        entry: Entry,
        card: Card,
        assumed: Sequence[str] = (),
        *,
        back: bool = False,
        again: bool = False,
        confidence: float | None = None,
        others: Sequence[Hit] = (),
    ) -> None:
        """Say ``card``, and what may help besides. ``again``: it is a part of what was just shown."""
        related, alike = related_options(entry, others, self.retriever)
        self.speaker.answer(
            entry,
            card,
            Besides(self._same_page(entry, card.block.headings), related, alike),
            language=self.language,
            confidence=confidence,
            assumed=assumed,
            back=back,
            again=again,
        )

    def turn_to(self, entry: Entry, passage: int) -> None:
        """Answer the same question from ``passage``, with all that is known of the citizen.

        Raises ``LookupError`` where the entry has no such passage.
        """
        if not 0 <= passage < len(passages(entry)):
            raise LookupError(f"{entry.id} has no passage {passage}")
        if self.subject is None or self.subject.entry != entry.id:  # the button is older than what is talked about
            self.open(entry, passage, "", named=True)
            return
        self.update(start=passage, aspect="", asked=None)
        self.proceed(entry, passage, named=True)

    def _same_page(self, entry: Entry, shown: tuple[str, ...]) -> tuple[Option, ...]:
        """Parts of the page but the one ``shown`` that may answer, where something was asked. None by SMS: each line costs."""
        subject = self.subject
        asked = (subject.latest or subject.query) if subject else ""
        if not asked or self.speaker.short:
            return ()
        ranked = unread_first(entry, self.retriever.ranked_passages(entry, asked), subject.told if subject else ())
        most = MOST_AT_HEAD if not shown and self.retriever.status().titles_only else MOST_PARTS
        return same_page_options(entry, shown, (order for order in ranked if self._has_part(entry, order)), most)

    def _has_part(self, entry: Entry, order: int) -> bool:
        """Whether the citizen's own case has the part in which passage ``order`` stands, as far as the case is known."""
        found, known = self._guided(entry, order), passages(entry)
        return found.passage is None or known[found.passage].headings[-1:] == known[order].headings[-1:]

    def _guided(self, entry: Entry, order: int) -> Guidance:
        """Where passage ``order`` of ``entry`` leads for what is known of the citizen."""
        subject = self._about(entry)
        return guide(entry, order, lambda fork: self.case(subject, fork), lambda some: self.best(entry, some))

    def _ask(self, entry: Entry, question: WhichCase, card: Card | None = None, confidence: float | None = None) -> None:
        snapshot = self.retriever.status().snapshot
        self.speaker.ask(entry, question, card, language=self.language, snapshot=snapshot, confidence=confidence)

    def case(self, subject: Subject, fork: Fork, *, remembered: bool = True) -> int | None:
        """The number of the case that the citizen chose at ``fork``, or that is clear from what they said; else ``None``.

        Without ``remembered``, only this question counts, and not what was said before it.
        """
        place = written(fork.address)
        chosen = [one for one in subject.chosen if one.rpartition(".")[0] == place]
        if chosen:
            return int(chosen[-1].rpartition(".")[2])
        if place in subject.reopened:
            return None
        now = said(f"{subject.query} {subject.latest}")
        facts = {**(self.situation.facts_for(subject.query) if remembered else now), **unpacked(subject.facts)}
        case = applying(fork.labels, left_open(facts, fork.cases))
        for text in (subject.latest, subject.query):
            case = named_in(fork.labels, text) if case is None else case
        if case is None and remembered:
            known = [number for number, label in enumerate(fork.labels) if plain_label(label) in self.situation.labels]
            case = known[0] if len(known) == 1 else None
        return case

    def leads_to(self, entry: Entry, order: int) -> bool:
        """Whether passage ``order`` applies to the citizen, or may: no other case than its own is known to."""
        found = self._guided(entry, order)
        return found.passage == order or (found.passage is None and found.asked is not None)

    def search(self, text: str, limit: int) -> RetrievalResult:
        """What the index finds for ``text``, in whose language the answer is then framed. The same is searched once a turn."""
        asked = (text, self.language, limit)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = self.retriever.search(
                text, locale=self.language, collection=self.collection, limit=limit
            )
            count_search(found)
        self.language = found.language
        return found

    def best(self, entry: Entry, orders: Sequence[int]) -> int:
        """The passage of those ``orders`` that answers what is being asked."""
        query, aspect = (self.subject.query, self.subject.aspect) if self.subject else ("", "")
        speaking = passages_on(entry, aspects()[aspect], orders) if aspect in aspects() else []
        return speaking[0] if speaking else self.retriever.best_passage(entry, query, orders)

    def _about(self, entry: Entry) -> Subject:
        """The subject if it is this entry, else a new one."""
        if self.subject and self.subject.entry == entry.id:
            return self.subject
        return Subject(entry=entry.id, collection=entry.collection, query="")
