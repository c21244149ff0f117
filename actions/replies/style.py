"""How much of a page a reply shows, by channel, and from which age of the page its figures carry a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from actions.replies.dated_amounts import with_dates
from core import broken_links
from core.channels import traits_of
from core.dates import is_old
from core.entry import Entry
from core.settings import Settings

PAGES = 6  # pages examined for one question


class Limits(NamedTuple):
    """Maximum visible characters (labels of links, no addresses) of what is shown."""

    answer: int  # the text that contains the answer
    card: int  # an answer
    whole: int  # a part that is shown whole rather than nearly whole
    page: int  # the first answer from a page, with other parts of it
    with_list: int  # the same, if a short list is whole in it
    follow_up: int  # card and whole for a page that is already in focus
    cases: int  # cases side by side
    lone_case: int  # the text above the cases that are asked for
    mini: int  # the extract of a page that may answer
    longest_mini: int  # the same, if the best sentence does not fit into less
    longest_page: int  # a first answer by SMS, if the best sentence does not fit into ``page``
    rest: int  # the continuation of a part


WEB = Limits(
    answer=300,
    card=420,
    whole=520,
    page=600,
    with_list=900,
    follow_up=800,
    cases=600,
    lone_case=420,
    mini=280,
    longest_mini=280,
    longest_page=600,
    rest=1100,
)
# By SMS each 153 characters cost. Two segments have room for title, extract, date and source, or for an extract and three
# titles: 175 characters take as many segments as 140. A best sentence of up to 225 is worth the titles of other pages, and one
# of up to 350 a third segment (ADR 0067). The rest is read part by part (SUITE).
SMS = Limits(
    answer=140,
    card=140,
    whole=140,
    page=175,
    with_list=175,
    follow_up=200,
    cases=200,
    lone_case=110,
    mini=175,
    longest_mini=225,
    longest_page=350,
    rest=6000,
)


@dataclass(frozen=True, slots=True)
class Style:
    """The style of the cards of one turn."""

    limits: Limits
    old_after_months: int
    today: date
    pays_by_segment: bool = False  # each character costs
    broken: frozenset[str] = frozenset()  # links that do not work

    @classmethod
    def of(cls, channel: str, settings: Settings) -> Style:
        """Returns the style of a turn on ``channel`` today."""
        paid = traits_of(channel).pays_by_segment
        broken = broken_links.read(settings.home / broken_links.FILE)
        return cls(SMS if paid else WEB, settings.verified_months, date.today(), paid, broken)

    def for_first_answer(self) -> Style:
        """Returns the style of the part with which a first answer begins: other parts use the rest of its space."""
        return replace(self, limits=self.limits._replace(card=self.limits.answer))

    def for_follow_up(self) -> Style:
        """Returns the style of an answer to a follow-up: the page is known, and more of it is shown."""
        most = self.limits.follow_up
        return replace(self, limits=self.limits._replace(card=most, whole=most))

    def above_choices(self) -> Style:
        """Returns the style of the text above cases that are asked for. By SMS the cases use part of its space."""
        most = self.limits.lone_case
        return replace(self, limits=self.limits._replace(answer=most, card=most, whole=most)) if self.pays_by_segment else self

    def dated(self, entry: Entry, markdown: str) -> str:
        """Returns ``markdown`` with the date of ``entry`` after its figures, if the page is old."""
        day = entry.verified_on
        return with_dates(markdown, day) if day and is_old(day, self.old_after_months, self.today) else markdown

    def on_card(self, entry: Entry, markdown: str) -> str:
        """Returns ``markdown`` as a card shows it: ``dated``, and with links that do not work as labels that say so."""
        return broken_links.with_marks(self.dated(entry, markdown), self.broken, entry.locale)

    def link_name(self, entry: Entry, name: str, url: str) -> str:
        """Returns ``name`` of the link to ``url``, which says so if it does not work."""
        return broken_links.marked(name, entry.locale) if url in self.broken else name
