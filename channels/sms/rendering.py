"""A whole reply as one SMS: the fact first, then its source, then choices as numbers.

The parts that must not be lost (sentences, warnings, the source with its date, the choices that need an answer) get their space
first; the passage fills the rest, cut between two words, at the end of a sentence if that costs little. Related questions come
only if space remains. What was cut off is kept as blocks (``Rendered.rest``), from which the same renderer makes the next part
when the citizen sends SUITE. A link that costs a segment, or the space of a choice, waits for the next part, if there is one: a
basic telephone opens none. So do other cases that cost a third segment.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from channels.rendering.cutting import ELLIPSIS, cut
from channels.sms.encoding import measure, prepare
from conversations.ports import Rendered
from conversations.wording import Wording
from core.dates import format_day
from core.text.markdown import plain
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, PlaceBlock, ReplyBlock, TextBlock

Link = Callable[[AnswerBlock], str]  # the address of an answer's source in an SMS

_LABEL_CHARACTERS = 60  # of a choice: two or three lines of an old phone
_PLACE_CHARACTERS = (60, 38, 24)  # of an office's name: the first value with which address and hours fit in one segment
_TITLE_CHARACTERS = 38  # of a page with its own sentences
_OTHER_TITLE_CHARACTERS = 30  # of an alternative page: enough to tell pages apart, mostly; more where it costs no segment
_LONGER_TITLES = (_LABEL_CHARACTERS, 45, 37)
_FEWEST_CHARACTERS = 40  # of a sentence that is cut: fewer say nothing
_SHORT_SEGMENTS = 2
_EMPTY_LINES = re.compile(r"\n\s*\n")


def source_address(block: AnswerBlock) -> str:
    """Returns the source's own address, as a ``Link``."""
    return block.source.url


@dataclass(slots=True)
class _Draft:
    """The parts of a message. ``lines`` stay whole, except the passage at ``passage_index``, which may be cut.

    The options of all ``choices`` are numbered in one sequence, each list under its own sentence. The last may be left out.
    ``closing``: what comes after pages to choose from. ``has_more``: there is more to read than ``lines`` have, whether they
    are cut or not. ``later``: further answers, of which ``lines`` hold the beginning. ``waiting``: links for the next
    part; ``None`` if links do not wait.
    """

    lines: list[str] = field(default_factory=list)
    passage_index: int | None = None
    answer: AnswerBlock | None = None
    has_more: bool = False
    later: list[AnswerBlock] = field(default_factory=list)
    choices: list[ChoicesBlock] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    waiting: list[str] | None = None
    related: ChoicesBlock | None = None
    hint: str = ""

    def text(
        self,
        passage: str,
        options: Sequence[Option],
        related: Sequence[Option],
        *,
        more: bool,
        title_characters: int = _OTHER_TITLE_CHARACTERS,
    ) -> str:
        lines = [passage if index == self.passage_index else line for index, line in enumerate(self.lines)]
        lines += [*self._numbered_options(len(options), title_characters), *self.closing]
        if related and self.related:
            lines += [self.related.text, *_numbered(related, len(self.options) + 1, title_characters)]
        if more:
            lines.append(self.hint)
        return "\n".join(line.strip() for line in lines if line.strip())

    @property
    def passage(self) -> str:
        """Returns the passage of the first answer, or an empty string."""
        return self.lines[self.passage_index] if self.passage_index is not None else ""

    @property
    def options(self) -> tuple[Option, ...]:
        """Returns all options, in the order of their numbers."""
        return tuple(option for block in self.choices for option in block.options)

    @property
    def shown(self) -> int:
        """Returns how many options earlier parts have shown."""
        return sum(block.shown for block in self.choices)

    def set_extract(self, number: int, extract: str) -> None:
        """Replaces the extract of option ``number``, counted from 0 over all lists."""
        for at, block in enumerate(self.choices):
            if number < len(block.options):
                option = block.options[number].model_copy(update={"extract": extract})
                options = (*block.options[:number], option, *block.options[number + 1 :])
                self.choices[at] = block.model_copy(update={"options": options})
                return
            number -= len(block.options)

    def _numbered_options(self, count: int, title_characters: int) -> list[str]:
        """Returns the lines of the next ``count`` options, each list under its sentence."""
        lines: list[str] = []
        first, last, before = self.shown, self.shown + count, 0
        for block in self.choices:
            start, end = max(first, before), min(last, before + len(block.options))
            if start < end:
                lines += [
                    block.text,
                    *_numbered(block.options[start - before : end - before], start + 1, title_characters),
                ]
            before += len(block.options)
        return lines


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
        draft, later = self._draft(blocks, language, links_wait=links_wait), tuple[ReplyBlock, ...]()
        if draft.later and not self._fits(draft.text(draft.passage, draft.options, (), more=draft.has_more)):
            # The answer to a second question waits for SUITE: the first one keeps its room.
            first, later = _split(blocks)
            draft = self._draft(first, language, links_wait=links_wait)
            draft.has_more = True
        self._keep_an_option(draft)
        passage = draft.passage
        shown_before, wanted = draft.options[: draft.shown], draft.options[draft.shown :]

        def fits(text: str, options: Sequence[Option], related: Sequence[Option] = (), *, more: bool = draft.has_more) -> bool:
            return self._fits(draft.text(text, options, related, more=more))

        # If accents leave no space for the essential parts, they are dropped: such a message holds twice as many characters.
        if self._keep_accents and not fits("", (), more=bool(passage)):
            plainer = SmsRenderer(self.wording, max_segments=self._max_segments, link=self.link)
            return plainer._rendered(blocks, language, links_wait=links_wait)
        options, kept, remainder = wanted, passage, ""
        more = draft.has_more or not fits(passage, wanted)
        if more and not (draft.has_more and fits(passage, wanted)):
            options = _fitting(wanted, lambda some: fits("", some, more=True))
            if not fits(passage, options, more=True):
                kept, remainder = cut(passage, lambda text: fits(text, options, more=True))
                if len(kept) < _FEWEST_CHARACTERS and draft.answer and not draft.answer.part:
                    kept, remainder = "", passage
            if passage and not kept and draft.answer and draft.answer.part:  # a word that fills a whole SMS is left out
                kept, remainder = ELLIPSIS, "".join(passage.split(maxsplit=1)[1:])
                options = _fitting(options, lambda some: fits(kept, some, more=True))  # only shown options can be chosen
        if not passage and options and options[0].extract:
            # Titles of further pages wait for SUITE, rather than cost a third segment below the text of the first one.
            brief = _fitting(options, lambda some: self._is_short(draft, "", some, more=more or some != options))
            if brief and brief != options:
                options, more = brief, True
        if self._cases_wait(draft, kept, options, more=more):
            options, more = (), True
            draft.hint = self.wording.text("gateway_more_cases", channel="sms", language=language)
        # Related questions may use a second segment, but no more.
        candidates = draft.related.options if draft.related and not more else ()
        related = _fitting(candidates, lambda some: self._is_short(draft, kept, options, some, more=False))
        text = self._with_long_titles(draft, kept, options, related, more=more)
        rest = (*later, *_rest(draft, remainder, len(shown_before) + len(options))) if more else ()
        if not self._fits(text):  # the sentences alone are too long: they continue in the next part
            whole = self._prepared(draft.text(kept, options, (), more=False))
            text, after = cut(whole, lambda some: self._fits(f"{some}\n{draft.hint}"))
            text = self._prepared(f"{text}\n{draft.hint}")
            rest = (TextBlock(text=after), *rest)
        payloads = tuple(option.payload for option in [*shown_before, *options, *related])
        return Rendered(text, payloads, measure(text).segments, rest)

    def _keep_an_option(self, draft: _Draft) -> None:
        """Shortens the extract of the next option if there is no space for it: in Arabic a segment has 67 characters, and a
        message with no option at all says nothing.
        """
        following = draft.options[draft.shown : draft.shown + 1]
        if draft.passage or not following or not following[0].extract:
            return

        def fits(extract: str) -> bool:
            draft.set_extract(draft.shown, extract)
            return self._fits(draft.text("", following, (), more=True))

        whole = following[0].extract
        draft.set_extract(draft.shown, whole if fits(whole) else cut(whole, fits)[0])

    def _cases_wait(self, draft: _Draft, kept: str, options: Sequence[Option], *, more: bool) -> bool:
        """Decides whether the other cases below an answer wait for SUITE, once, because they would cost a third segment."""
        is_first = bool(kept) and draft.answer is not None and not draft.answer.part
        has_cases = bool(options) and all(block.purpose == "cases" for block in draft.choices)
        return (
            is_first
            and has_cases
            and not self._is_short(draft, kept, options, more=more)
            and self._is_short(draft, kept, (), more=True)
        )

    def _with_long_titles(
        self, draft: _Draft, kept: str, options: Sequence[Option], related: Sequence[Option], *, more: bool
    ) -> str:
        """Returns the message with the longest titles of pages that need no further segment."""

        def with_titles(characters: int) -> str:
            return self._prepared(draft.text(kept, options, related, more=more, title_characters=characters))

        shortest = with_titles(_OTHER_TITLE_CHARACTERS)
        fewest = measure(shortest).segments
        return next((text for text in map(with_titles, _LONGER_TITLES) if measure(text).segments <= fewest), shortest)

    def _is_short(
        self, draft: _Draft, kept: str, options: Sequence[Option], related: Sequence[Option] = (), *, more: bool
    ) -> bool:
        text = self._prepared(draft.text(kept, options, related, more=more))
        return measure(text).segments <= min(_SHORT_SEGMENTS, self._max_segments)

    def _fits(self, text: str) -> bool:
        return measure(self._prepared(text)).segments <= self._max_segments

    def _prepared(self, text: str) -> str:
        return prepare(text, keep_accents=self._keep_accents)

    def _draft(self, blocks: Sequence[ReplyBlock], language: str, *, links_wait: bool) -> _Draft:
        draft = _Draft(
            hint=self.wording.text("gateway_more", channel="sms", language=language), waiting=[] if links_wait else None
        )
        for block in blocks:
            match block:
                case TextBlock() if any(one.purpose == "entries" for one in draft.choices):
                    draft.closing.append(block.text)
                case TextBlock() | NoticeBlock():
                    draft.lines.append(block.text)
                case AnswerBlock():
                    self._answer(draft, block, language)
                case PlaceBlock():
                    draft.lines += self._place(block)
                case ChoicesBlock(purpose="related"):
                    draft.related = _merged(draft.related, block)
                case ChoicesBlock():
                    draft.choices.append(block)
        return draft

    def _answer(self, draft: _Draft, block: AnswerBlock, language: str) -> None:
        if not block.part:
            title = _label(block.text, _TITLE_CHARACTERS) if block.text == block.title else block.text
            # An answer for one situation must name it, once.
            unnamed = [case for case in block.cases if not _is_named(case, draft.lines)]
            draft.lines += [title, " > ".join(unnamed)]
        elif draft.passage_index is not None:  # it continues another answer than the one above it
            draft.lines.append(_label(block.title, _TITLE_CHARACTERS))
        body = _EMPTY_LINES.sub("\n", plain(block.body, links=False))  # each character is paid for
        if draft.passage_index is None:
            draft.passage_index, draft.answer = len(draft.lines), block
        else:  # the answer to a second question
            draft.later.append(block)
        if block.sms_text:  # the editor's own text, or the sentences that answer; the passage on request
            draft.has_more = draft.has_more or bool(_after_sms_text(block))
            body = _EMPTY_LINES.sub("\n", plain(block.sms_text, links=False))
        draft.lines.append(body)
        if block.part:
            return
        link = _safe(self.link(block))
        if draft.waiting is not None and link:
            draft.waiting.append(link)
            draft.has_more, link = True, ""
        draft.lines += [_notice(block, language), self._source(block, link, language)]

    def _place(self, block: PlaceBlock) -> list[str]:
        """Returns name, address, opening hours, and one more if it still fits in one segment: telephone, remark, addresses."""
        lines = [block.name, block.address, block.text]
        for max_characters in _PLACE_CHARACTERS:
            lines[0] = _label(block.name, max_characters)
            if self._is_one(lines):
                break
        details = (block.phone, block.appointment, *block.other_addresses, block.postal_address)
        return [*lines, *(more for more in details if more and self._is_one([*lines, more]))][:4]

    def _is_one(self, lines: Sequence[str]) -> bool:
        return measure(self._prepared("\n".join(lines))).segments == 1

    def _source(self, block: AnswerBlock, link: str, language: str) -> str:
        source = f"{block.source.name} {link}".strip()
        date = format_day(block.verified_on, language) if block.verified_on else ""
        if not date or date in block.notice:  # the date is in the notice already
            return source
        return f"{source} ({self.wording.text('ui_verified_on', channel='sms', language=language, date=date)})"


def _notice(block: AnswerBlock, language: str) -> str:
    """Returns the notice on the age of the page; empty if its sentences for SMS have the date already."""
    date = format_day(block.verified_on, language) if block.verified_on else ""
    return "" if date and date in block.notice and date in block.sms_text else block.notice


def _is_named(case: str, lines: Sequence[str]) -> bool:
    """Decides whether a line names ``case`` among the cases that it lists, as "(case, case)" or "Retenu : case." do."""
    name = re.compile(rf"(?:^|[(:,])\s*{re.escape(case)}(?=[).,]|$)")
    return any(name.search(line) for line in lines)


def _rest(draft: _Draft, remainder: str, shown: int) -> tuple[ReplyBlock, ...]:
    """Returns the blocks of the next part: the rest of the passage, the choices (with the same numbers), the related ones."""
    rest: list[ReplyBlock] = []
    if draft.answer is not None:
        own = draft.answer.sms_text
        body = remainder if not own else "\n\n".join(part for part in (remainder, _after_sms_text(draft.answer)) if part)
        if body:
            rest.append(_next_part(draft.answer, body))
    rest += [_next_part(block, body) for block in draft.later if block.sms_text and (body := _after_sms_text(block))]
    if draft.waiting:
        rest.append(TextBlock(text="\n".join(draft.waiting)))
    for block in draft.choices:
        rest.append(block.model_copy(update={"shown": min(shown, len(block.options))}))
        shown = max(0, shown - len(block.options))
    if draft.related is not None:
        rest.append(draft.related)
    return tuple(rest)


def _split(blocks: Sequence[ReplyBlock]) -> tuple[Sequence[ReplyBlock], tuple[ReplyBlock, ...]]:
    """Returns the blocks before the second answer and the texts that announce it, and those from there on."""
    _, second = [number for number, block in enumerate(blocks) if isinstance(block, AnswerBlock)][:2]
    while isinstance(blocks[second - 1], TextBlock):
        second -= 1
    return blocks[:second], tuple(blocks[second:])


def _next_part(block: AnswerBlock, body: str) -> AnswerBlock:
    return block.model_copy(update={"part": block.part + 1, "body": body, "text": "", "notice": "", "sms_text": ""})


def _after_sms_text(block: AnswerBlock) -> str:
    """Returns the part of the body that follows ``sms_text``: all of it if it does not begin with that text."""
    return block.body.removeprefix(block.sms_text).strip()


def _merged(before: ChoicesBlock | None, block: ChoicesBlock) -> ChoicesBlock:
    """Returns one list of choices, so that each has a number of its own."""
    if before is None:
        return block
    return before.model_copy(update={"text": before.text or block.text, "options": (*before.options, *block.options)})


def _numbered(options: Sequence[Option], first: int, title_characters: int) -> list[str]:
    """Returns the lines of ``options``. Labels that would be alike when cut are longer."""
    other = title_characters if any(option.extract for option in options) else _LABEL_CHARACTERS
    labels = [_label(option.label, other) for option in options]
    alike = {label for label, count in Counter(labels).items() if count > 1}
    with_extract = max(title_characters, _TITLE_CHARACTERS)
    return [
        _line(number, option, _LABEL_CHARACTERS if label in alike else with_extract if option.extract else other)
        for number, (option, label) in enumerate(zip(options, labels, strict=True), first)
    ]


def _line(number: int, option: Option, max_characters: int) -> str:
    """Returns the line of a choice, with a page's extract below its title."""
    line = f"{number} {_label(option.label, max_characters)}"
    return f"{line}\n{option.extract}" if option.extract else line


def _label(label: str, max_characters: int = _LABEL_CHARACTERS) -> str:
    flat = " ".join(plain(label, links=False).split())
    if len(flat) <= max_characters:
        return flat
    # One long word (for example an address) is cut inside: a number alone means nothing.
    return cut(flat, lambda text: len(text) <= max_characters)[0] or flat[: max_characters - 1] + ELLIPSIS


def _safe(url: str) -> str:
    """Returns ``url`` in ASCII: a letter replaced for the GSM alphabet would change the target."""
    return quote(url, safe="/:?#[]@!$&'()*+,;=%~-._")


def _fitting(options: Sequence[Option], fits: Callable[[Sequence[Option]], bool]) -> tuple[Option, ...]:
    """Returns the longest beginning of ``options`` that fits."""
    count = len(options)
    while count and not fits(options[:count]):
        count -= 1
    return tuple(options[:count])
