"""How much of a page a reply shows, by channel, and from which age on its figures carry their date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from actions.replies.dated_amounts import with_dates
from core.channels import traits_of
from core.dates import is_old
from core.entry import Entry
from core.settings import Settings

PAGES = 6  # that are looked at for one question


class Limits(NamedTuple):
    """Visible characters (labels of links, no addresses) of what is shown.

    ``answer``: within which what answers stands; ``card``: of an answer, ``whole``: of a part that is shown whole rather than
    nearly, ``page``: of the first answer from a page, with what other parts of it say; ``follow_up``: of card and whole where
    a page is talked about already and more of it may be read; ``cases``: of cases side by side; ``lone_case``: of what stands
    above cases that are asked for; ``mini``: of the extract of a page that may answer; ``rest``: of what is read on.
    """

    answer: int
    card: int
    whole: int
    page: int
    follow_up: int
    cases: int
    lone_case: int
    mini: int
    rest: int


WEB = Limits(answer=300, card=420, whole=520, page=600, follow_up=800, cases=600, lone_case=420, mini=280, rest=1100)
# By SMS each 153 characters are paid for. Two segments hold title, extract, date and source, or an extract and three titles.
# Longer extracts, up to 175, stated what was asked no more often (ADR 0054). The rest is read part by part (SUITE): a basic
# telephone opens no link.
SMS = Limits(answer=140, card=140, whole=140, page=140, follow_up=200, cases=200, lone_case=110, mini=140, rest=6000)


@dataclass(frozen=True, slots=True)
class Style:
    """How the cards of one turn are made."""

    limits: Limits
    old_after_months: int
    today: date
    pays_by_segment: bool = False  # each character is paid for

    @classmethod
    def of(cls, channel: str, settings: Settings) -> Style:
        """Returns the style of a turn on ``channel`` today."""
        paid = traits_of(channel).pays_by_segment
        return cls(SMS if paid else WEB, settings.verified_months, date.today(), paid)

    def for_first_answer(self) -> Style:
        """Returns the style of the part that a first answer begins with: what other parts say has the rest of its room."""
        return replace(self, limits=self.limits._replace(card=self.limits.answer))

    def for_follow_up(self) -> Style:
        """Returns the style of an answer to a follow-up: the page is known, and more of it is shown."""
        most = self.limits.follow_up
        return replace(self, limits=self.limits._replace(card=most, whole=most))

    def above_choices(self) -> Style:
        """Returns the style of what stands above cases that are asked for. By SMS these take room of their own."""
        most = self.limits.lone_case
        return replace(self, limits=self.limits._replace(answer=most, card=most, whole=most)) if self.pays_by_segment else self

    def dated(self, entry: Entry, markdown: str) -> str:
        """Returns ``markdown`` with the date of ``entry`` behind its figures, where the page is old."""
        day = entry.verified_on
        return with_dates(markdown, day) if day and is_old(day, self.old_after_months, self.today) else markdown
