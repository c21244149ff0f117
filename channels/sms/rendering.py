"""A whole reply as one SMS.

The parts that must not be lost (sentences, warnings, the source with its date, the choices that need an answer) get their space
first; the passage fills the rest, cut between two words, at the end of a sentence if that costs little. Related questions come
only if space remains. What was cut off is kept as blocks (``Rendered.rest``), from which the same renderer makes the next part
when the citizen sends SUITE. A link that costs a segment, or the space of a choice, waits for the next part, if there is one: a
basic telephone opens none. So do other cases that cost a third segment.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from channels.rendering.cutting import ELLIPSIS, cut
from channels.sms.draft import LABEL_CHARACTERS, Draft, Shown
from channels.sms.drafting import Drafter, Link, before_second_answer
from channels.sms.encoding import prepare, segments
from conversations.ports import Rendered
from conversations.wording import Wording
from core.turns import AnswerBlock, Option, ReplyBlock, TextBlock

_LONGER_TITLES = (LABEL_CHARACTERS, 45, 37)
_FEWEST_CHARACTERS = 40  # of a sentence that is cut: fewer say nothing
_SHORT_SEGMENTS = 2


def source_address(block: AnswerBlock) -> str:
    """Returns the source's own address, as a ``Link``."""
    return block.source.url


class SmsRenderer:
    """Blocks → one SMS of at most ``max_segments`` segments, prepared for sending (``channels.sms.encoding.prepare``)."""

    def __init__(
        self, wording: Wording, *, max_segments: int = 3, keep_accents: bool = False, link: Link = source_address
    ) -> None:
        self.wording, self.link = wording, link
        self._max_segments = max_segments
        self._keep_accents = keep_accents

    def __call__(self, blocks: Sequence[ReplyBlock], *, language: str) -> Rendered:
        # A message in another language than the conversation's continues in that language.
        language = next((one.frame.language for one in blocks if isinstance(one, AnswerBlock) and one.frame), language)
        with_links = self._rendered(blocks, language, links_wait=False)
        if not with_links.rest:  # without another part, links have nothing to wait for
            return with_links
        without = self._rendered(blocks, language, links_wait=True)
        return min(with_links, without, key=lambda made: (made.segments, -len(made.offered)))

    def _rendered(self, blocks: Sequence[ReplyBlock], language: str, *, links_wait: bool) -> Rendered:
        go_on = self._say("gateway_more", language)
        draft, later = self._drafted(blocks, language, go_on, links_wait=links_wait)
        self._keep_an_option(draft, go_on)
        # If accents leave no space for the essential parts, they are dropped: such a message holds twice as many characters.
        if self._keep_accents and not self._fits(draft.text(Shown("", hint=go_on if draft.passage else ""))):
            plainer = SmsRenderer(self.wording, max_segments=self._max_segments, link=self.link)
            return plainer._rendered(blocks, language, links_wait=links_wait)
        shown, remainder = self._cut(draft, go_on)
        shown = self._without_costly_titles(draft, shown, go_on)
        shown = self._without_costly_cases(draft, shown, language)
        if draft.related and not shown.hint:  # related questions may use a second segment, but no more
            shown = _with_options(draft.related.options, lambda some: replace(shown, related=some), self._is_short(draft))
        text = self._with_long_titles(draft, shown)
        offered = (*draft.shown_before, *shown.options)
        rest = (*later, *draft.next_part(remainder, len(offered))) if shown.hint else ()
        if not self._fits(text):  # the sentences alone are too long: they continue in the next part
            whole, hint = self._prepared(draft.text(Shown(shown.passage))), shown.hint or go_on
            text, after = cut(whole, lambda some: self._fits(f"{some}\n{hint}"))
            text = self._prepared(f"{text}\n{hint}")
            rest = (TextBlock(text=after), *rest)
        payloads = tuple(option.payload for option in (*offered, *shown.related))
        return Rendered(text, payloads, segments(text), rest)

    def _drafted(
        self, blocks: Sequence[ReplyBlock], language: str, go_on: str, *, links_wait: bool
    ) -> tuple[Draft, tuple[ReplyBlock, ...]]:
        """Returns the draft of ``blocks``, and those that wait for the next part: the answer to a second question, if the first
        one needs its room.
        """
        drafter = Drafter(self.wording, language, self.link, lambda text: segments(self._prepared(text)) == 1)
        draft = drafter.draft(blocks, links_wait=links_wait)
        if not draft.later or self._fits(draft.text(_whole(draft, go_on))):
            return draft, ()
        first, later = before_second_answer(blocks)
        draft = drafter.draft(first, links_wait=links_wait)
        draft.has_more = True
        return draft, later

    def _keep_an_option(self, draft: Draft, go_on: str) -> None:
        """Shortens the extract of the next option if there is no space for it: in Arabic a segment has 67 characters, and a
        message with no option at all says nothing.
        """
        following, number = draft.next_options[:1], len(draft.shown_before)
        if draft.passage or not following or not following[0].extract:
            return

        def fits(extract: str) -> bool:
            draft.set_extract(number, extract)
            return self._fits(draft.text(Shown("", following, hint=go_on)))

        whole = following[0].extract
        draft.set_extract(number, whole if fits(whole) else cut(whole, fits)[0])

    def _cut(self, draft: Draft, go_on: str) -> tuple[Shown, str]:
        """Returns as much of the passage and of the options as fits, and the remainder of the passage."""
        whole, passage = _whole(draft, go_on), draft.passage
        if self._fits(draft.text(whole)):
            return whole, ""

        def fits(shown: Shown) -> bool:
            return self._fits(draft.text(shown))

        shown = _with_options(whole.options, lambda some: Shown("", some, hint=go_on), fits)
        if fits(replace(shown, passage=passage)):
            return replace(shown, passage=passage), ""
        kept, remainder = cut(passage, lambda text: fits(replace(shown, passage=text)))
        if draft.is_first_part and len(kept) < _FEWEST_CHARACTERS:
            kept, remainder = "", passage
        elif passage and not kept and draft.answer:  # a word that fills a whole SMS is left out
            kept, remainder = ELLIPSIS, "".join(passage.split(maxsplit=1)[1:])
            # Only options that are shown can be chosen.
            return _with_options(shown.options, lambda some: Shown(kept, some, hint=go_on), fits), remainder
        return replace(shown, passage=kept), remainder

    def _without_costly_titles(self, draft: Draft, shown: Shown, go_on: str) -> Shown:
        """Returns ``shown`` without the titles of further pages that cost a third segment below the text of the first one."""
        if draft.passage or not shown.options or not shown.options[0].extract:
            return shown

        def with_titles(some: tuple[Option, ...]) -> Shown:
            return shown if some == shown.options else replace(shown, options=some, hint=go_on)

        fewer = _with_options(shown.options, with_titles, self._is_short(draft))
        return fewer if fewer.options else shown

    def _without_costly_cases(self, draft: Draft, shown: Shown, language: str) -> Shown:
        """Returns ``shown`` without the other cases below an answer, if only these cost a third segment."""
        cases = bool(shown.options) and all(block.purpose == "cases" for block in draft.choices)
        is_short = self._is_short(draft)
        if not (draft.is_first_part and shown.passage and cases) or is_short(shown):
            return shown
        # Links that wait may leave room for the longer of the two hints, too.
        without = replace(shown, options=(), hint=self._say("gateway_more", language))
        return replace(without, hint=self._say("gateway_more_cases", language)) if is_short(without) else shown

    def _with_long_titles(self, draft: Draft, shown: Shown) -> str:
        """Returns the message with the longest titles of pages that need no further segment."""
        shortest = self._prepared(draft.text(shown))
        longer = (self._prepared(draft.text(shown, title_characters=characters)) for characters in _LONGER_TITLES)
        return next((text for text in longer if segments(text) <= segments(shortest)), shortest)

    def _is_short(self, draft: Draft) -> Callable[[Shown], bool]:
        """Returns the function that decides whether what is shown of ``draft`` takes at most two segments."""
        most = min(_SHORT_SEGMENTS, self._max_segments)
        return lambda shown: segments(self._prepared(draft.text(shown))) <= most

    def _fits(self, text: str) -> bool:
        return segments(self._prepared(text)) <= self._max_segments

    def _prepared(self, text: str) -> str:
        return prepare(text, keep_accents=self._keep_accents)

    def _say(self, response: str, language: str) -> str:
        return self.wording.text(response, channel="sms", language=language)


def _whole(draft: Draft, go_on: str) -> Shown:
    """Returns all of ``draft`` but the related questions."""
    return Shown(draft.passage, draft.next_options, hint=go_on if draft.has_more else "")


def _with_options(
    options: tuple[Option, ...], shown_with: Callable[[tuple[Option, ...]], Shown], fits: Callable[[Shown], bool]
) -> Shown:
    """Returns what ``shown_with`` makes of the longest beginning of ``options`` that ``fits``, or of none."""
    counts = range(len(options), 0, -1)
    return next((shown for count in counts if fits(shown := shown_with(options[:count]))), shown_with(()))
