"""One turn about an entry: what is remembered going in, what is shown, what is remembered going out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.case_resolution import Guidance, guide
from actions.cases.case_tree import Fork, counterparts, fork_at, passages_under, read, steps_to, written
from actions.cases.dialogue_state import Situation, Subject, packed
from actions.cases.known_case import assumed_case, decided_by, known_case, supposed_cases
from actions.messages.aspects import Aspect, aspects, passages_on
from actions.metrics import count_search
from actions.replies.cards import (
    Card,
    answer_card,
    other_cases,
    rest_card,
    rest_payload,
    whole_fork_card,
)
from actions.replies.extract import Worth
from actions.replies.first_answer import first_answer, is_open
from actions.replies.fork_card import fork_card
from actions.replies.navigation_pages import further_on, leads_to, says_nothing
from actions.replies.related import MOST_AT_HEAD, MOST_PARTS, older_twin, related_options, same_page_options, unread_first
from actions.replies.reply_builder import Besides, ReplyBuilder, WhichCase
from actions.replies.style import Style
from actions.replies.truncated_description import stand_in
from actions.session.repeat_detection import left_to_read, repeats
from actions.session.repeated_answer import say_nothing_else
from actions.situation.reading import passing, said
from core.entry import Address, Entry, located_passages, passages
from core.settings import Settings
from core.turns import Option
from retrieval.contracts import Hit, RetrievalResult, Retriever
from retrieval.lexical.analysis import terms


class AnsweringSession:
    """Speaks about entries on behalf of one run of an action. ``events`` is what the action returns."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, settings: Settings, retriever: Retriever) -> None:
        self.settings, self.retriever = settings, retriever
        self.language = str(tracker.get_slot("language") or settings.default_language)
        self.collection = settings.collection or None
        self.subject = self.before = Subject.read(tracker.get_slot("subject"))
        self.situation = Situation.read(tracker.get_slot("situation"))
        text = str(tracker.latest_message.get("text") or "")
        self.typed = "" if text.startswith("/") else text  # a button's payload is nobody's words
        channel = str(tracker.get_latest_input_channel() or "web")
        self.style = Style.of(channel, settings)
        self.replies = ReplyBuilder(dispatcher, settings, channel)
        self._found: dict[tuple[str, str, int], RetrievalResult] = {}

    @property
    def events(self) -> list[dict[str, Any]]:
        """The slots as they stand now."""
        subject = self.subject.model_dump(mode="json") if self.subject else None
        return [SlotSet("subject", subject), SlotSet("situation", self.situation.model_dump(mode="json"))]

    def hear(self, text: str) -> None:
        """Take in what ``text`` says of the citizen."""
        self.situation = self.situation.with_said(said(text), text)

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
        subject, decided = self._about(entry), decided_by(entry, text)
        chosen = tuple(one for one in subject.chosen if one.rpartition(".")[0] not in decided)
        reopened = tuple(one for one in subject.reopened if one not in decided)
        self.subject = subject.model_copy(update={"chosen": chosen, "reopened": reopened})
        return list(decided.values())

    def update(self, **changes: Any) -> None:
        """Change fields of the subject."""
        if self.subject:
            self.subject = self.subject.model_copy(update=changes)

    def stands_at(self, entry: Entry) -> Address:
        """Returns where the citizen is in ``entry``: at the fork that is asked, or at the passage shown last."""
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
        self.ask(entry, WhichCase(fork, page=page))

    def show_all(self, entry: Entry, fork: Fork) -> None:
        """The citizen cannot tell: the cases of ``fork`` side by side."""
        subject = self.subject = self._about(entry).model_copy(update={"asked": None, "shown": None})
        self.show(
            entry, whole_fork_card(entry, fork, self.retriever.status().snapshot, subject.start, self.style), (), back=True
        )

    def proceed(
        self, entry: Entry, start: int, *, confidence: float | None = None, others: Sequence[Hit] = (), named: bool = False
    ) -> None:
        """Show what applies to the citizen, from passage ``start`` on, or ask.

        ``named``: the citizen asked for this very part of the page, so that a question is asked about it by its name.
        """
        subject = self._about(entry)
        found = self._guided(entry, start)
        if found.passage is not None and found.asked is None and self._follow(entry, found.passage):
            return
        if found.asked is not None and found.passage is not None and says_nothing(entry, found.passage):
            found = found._replace(passage=None)
        elif found.asked is None and found.passage is not None:
            found = found._replace(passage=stand_in(entry, found.passage))
        if found.asked is None and found.passage is not None and repeats(self.before, self.typed, entry, found.passage):
            say_nothing_else(self, entry, found.passage)
            return
        if found.asked is not None:
            part = passages(entry)[start].headings if named else ()
            self._answer_fork(entry, found, start, part, confidence=confidence, others=others, named=named)
            return
        assert found.passage is not None
        cases = None if found.alike is None else len(found.alike.cases)
        first = None if named else first_answer(self, entry)
        style = self.style.for_follow_up() if subject.latest else self.style.for_first_answer() if first else self.style
        card = answer_card(entry, found.passage, self.retriever.status().snapshot, style, cases, self.worth(entry))
        card = first.wider(card, found.passage) if first else card
        told = subject.having_told(found.passage)
        self.subject = subject.model_copy(
            update={"asked": None, "shown": found.passage, "pieces": card.pieces if card.shortened else (), "told": told}
        )
        taken = [(fork_at(entry, fork), case) for fork, case in found.taken.items()]
        supposed = supposed_cases(entry, found.taken, self._about(entry), self.situation)
        remembered = [
            fork.labels[case]
            for fork, case in taken
            if (fork, case) not in supposed and self.case(subject, fork, remembered=False) != case
        ]
        back = bool(card.block.cases) and not supposed
        self.show(entry, card, remembered, back=back, confidence=confidence, others=others, supposed=supposed)

    def _answer_fork(
        self,
        entry: Entry,
        found: Guidance,
        start: int,
        part: tuple[str, ...],
        *,
        confidence: float | None,
        others: Sequence[Hit],
        named: bool,
    ) -> None:
        """Answer where the citizen's case is not known: all cases side by side where they fit, else what holds for everyone and
        the question."""
        fork = found.asked
        assert fork is not None
        subject = self._about(entry)
        asked = written(fork.address)
        before = self.before if self.typed or named else None  # a button of the page itself begins it anew
        again = before is not None and (before.entry, before.asked) == (entry.id, asked)
        self.subject = subject.model_copy(update={"asked": asked, "shown": found.passage, "pieces": ()})
        if found.passage is not None:
            self.update(told=subject.having_told(found.passage))
        snapshot = self.retriever.status().snapshot
        card, complete, rest = fork_card(
            entry, fork, found.passage, start, snapshot, self.style, self.worth(entry), partial(self.case, subject)
        )
        likely = None if complete or again else assumed_case(fork, entry, subject, self.situation, self.settings)
        if likely is not None:
            self.subject = subject.model_copy(update={"assumed": (*subject.assumed, written((*fork.address, likely)))})
            self.proceed(entry, start, confidence=confidence, others=others, named=named)
            return
        if card is not None and not named and not again and (first := first_answer(self, entry)):
            card = first.below(card, found.passage)
        supposed = supposed_cases(entry, found.taken, self._about(entry), self.situation)
        if again or card is None or not complete:
            self.ask(
                entry, WhichCase(fork, part, () if again else rest, again=again), None if again else card, confidence, supposed
            )
            return
        back = bool(fork.cases) and not supposed
        self.show(entry, card, back=back, confidence=confidence, others=others, cases=[(fork, None)], supposed=supposed)

    def read_on(self, entry: Entry, order: int) -> None:
        """Show what was left out of passage ``order``, or all of it to who comes back to it later."""
        if not 0 <= order < len(passages(entry)):
            raise LookupError(f"{entry.id} has no passage {order}")
        subject = self._about(entry)
        pieces = subject.pieces if subject.shown == order and left_to_read(entry, order, subject.pieces) else ()
        self.subject = subject.model_copy(update={"shown": order, "pieces": pieces})
        self.show_rest(entry, order)

    def show_rest(self, entry: Entry, order: int) -> None:
        """Go on with passage ``order``, where it was cut."""
        read = self.subject.pieces if self.subject else ()
        card = rest_card(entry, order, read, self.retriever.status().snapshot, self.style)
        self.update(pieces=card.pieces)
        self.show(entry, card)

    def _follow(self, entry: Entry, order: int) -> bool:
        """Returns where the passage is nothing but a link to another page of ours, that page answers."""
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
        cases: Sequence[tuple[Fork, int | None]] = (),
        supposed: Sequence[tuple[Fork, int]] = (),
    ) -> None:
        """Say ``card``, and what may help besides. ``again``: it is a part of what was just shown.

        ``cases``: forks whose cases can be chosen below it; ``supposed``: forks at which a case was taken that nobody said.
        """
        related, alike = related_options(entry, others, self.retriever)
        also = older_twin(entry, self.subject.query if self.subject else "", self.retriever)
        same_page, shown, rest = self.same_page(entry, card.headings), self.subject.shown if self.subject else None, ""
        if shown is not None and card.shortened and card.pieces and not self.style.pays_by_segment:
            rest = rest_payload(entry.id, shown)
        self.replies.answer(
            entry,
            card,
            Besides(same_page, related, alike, *other_cases(entry.id, [*cases, *supposed]), rest, also),
            language=self.language,
            confidence=confidence,
            assumed=assumed,
            supposed=[fork.labels[case] for fork, case in supposed],
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

    def same_page(self, entry: Entry, shown: tuple[str, ...]) -> tuple[Option, ...]:
        """Parts of the page but the one ``shown`` that may answer, where something was asked. None by SMS: each line costs."""
        subject = self.subject
        asked = (subject.latest or subject.query) if subject else ""
        if not asked or self.style.pays_by_segment:
            return ()
        ranked = unread_first(entry, self.retriever.ranked_passages(entry, asked), subject.told if subject else ())
        most = MOST_AT_HEAD if is_open(self.retriever, subject, entry) else MOST_PARTS
        return same_page_options(entry, shown, (order for order in ranked if self._has_part(entry, order)), most)

    def _has_part(self, entry: Entry, order: int) -> bool:
        """Whether the citizen's own case has the part in which passage ``order`` stands, as far as the case is known."""
        found, known = self._guided(entry, order), passages(entry)
        return found.passage is None or known[found.passage].headings[-1:] == known[order].headings[-1:]

    def _guided(self, entry: Entry, order: int) -> Guidance:
        """Returns where passage ``order`` of ``entry`` leads for what is known of the citizen."""
        subject = self._about(entry)
        return guide(entry, order, lambda fork: self.case(subject, fork), lambda some: self.best(entry, some))

    def ask(
        self,
        entry: Entry,
        question: WhichCase,
        card: Card | None = None,
        confidence: float | None = None,
        supposed: Sequence[tuple[Fork, int]] = (),
    ) -> None:
        """Ask ``question`` about the citizen's case; ``card`` is what can be said before. ``supposed``: as for ``show``."""
        self.replies.ask(
            entry,
            question,
            card,
            language=self.language,
            snapshot=self.retriever.status().snapshot,
            confidence=confidence,
            supposed=[fork.labels[case] for fork, case in supposed],
            others=other_cases(entry.id, supposed)[0],
        )

    def case(self, subject: Subject, fork: Fork, *, remembered: bool = True) -> int | None:
        """Returns the number of the citizen's case at ``fork``; see ``known_case``."""
        return known_case(fork, subject, self.situation, remembered=remembered)

    def worth(self, entry: Entry) -> Worth:
        """Returns how much sentences of ``entry`` say of what is being asked."""
        subject = self.subject
        asked = (subject.latest or subject.query) if subject else ""
        return partial(self.retriever.sentence_worth, entry, asked)

    def leads_to(self, entry: Entry, order: int) -> bool:
        """Decides whether passage ``order`` applies to the citizen, or may: no other case than its own is known to."""
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
        """Returns the passage of those ``orders`` that answers what is being asked."""
        query, aspect = (self.subject.query, self.subject.aspect) if self.subject else ("", "")
        speaking = passages_on(entry, aspects()[aspect], orders) if aspect in aspects() else []
        return speaking[0] if speaking else self.retriever.best_passage(entry, query, orders)

    def _about(self, entry: Entry) -> Subject:
        """Returns the subject if it is this entry, else a new one."""
        if self.subject and self.subject.entry == entry.id:
            return self.subject
        return Subject(entry=entry.id, collection=entry.collection, query="")
