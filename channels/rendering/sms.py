"""A whole reply as one SMS: the fact first, then where it comes from, then choices as numbers.

What must not be lost (sentences, warnings, the source with its date, the choices that are asked for) takes its room first;
the passage fills what is left, cut between two words, at the end of a sentence if that costs little. Related questions
stand only where room remains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from channels.contracts import Rendered
from channels.rendering.markdown import plain
from channels.sms.encoding import measure, prepare
from channels.wording import Wording
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, ReplyBlock, TextBlock

_LABEL_CHARACTERS = 60  # of a choice: what a line of an old phone shows two or three times
_SENTENCE_END = re.compile(r"[.!?…:;](?=\s)|\n")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_WORD = re.compile(r"\S+")
_KEPT_SHARE = 0.7  # a cut moves back to the end of a sentence if at least this share stays
_ELLIPSIS = "…"


@dataclass(slots=True)
class _Draft:
    """The parts of a message. ``lines`` are whole; the one at ``stretch`` may be cut; ``options`` may lose their last."""

    lines: list[str] = field(default_factory=list)
    stretch: int | None = None
    head: str = ""
    options: list[Option] = field(default_factory=list)
    related: list[Option] = field(default_factory=list)
    related_head: str = ""

    def text(self, passage: str, options: Sequence[Option], related: Sequence[Option]) -> str:
        lines = [passage if index == self.stretch else line for index, line in enumerate(self.lines)]
        if options:
            lines += [self.head, *_numbered(options, 1)]
        if related:
            lines += [self.related_head, *_numbered(related, len(options) + 1)]
        return "\n".join(line.strip() for line in lines if line.strip())


class SmsRenderer:
    """Blocks → one SMS of at most ``max_segments`` segments, prepared for sending (``channels.sms.encoding.prepare``)."""

    def __init__(self, wording: Wording, *, max_segments: int = 3, keep_accents: bool = False) -> None:
        self._wording = wording
        self._max_segments = max_segments
        self._keep_accents = keep_accents

    def __call__(self, blocks: Sequence[ReplyBlock], *, language: str) -> Rendered:
        draft = self._draft(blocks, language)
        passage = draft.lines[draft.stretch] if draft.stretch is not None else ""

        def fits(text: str, options: Sequence[Option], related: Sequence[Option] = ()) -> bool:
            return measure(self._prepared(draft.text(text, options, related))).segments <= self._max_segments

        options = _most(draft.options, lambda some: fits("", some))
        kept = passage if fits(passage, options) else _cut(passage, lambda text: fits(text, options))
        related = _most(draft.related, lambda some: fits(kept, options, some)) if kept == passage else []
        text = self._prepared(draft.text(kept, options, related))
        if measure(text).segments > self._max_segments:  # sentences alone are too long: nothing else to give up
            text = self._prepared(_cut(text, lambda some: measure(self._prepared(some)).segments <= self._max_segments))
        payloads = tuple(option.payload for option in [*options, *related])
        return Rendered(text, payloads, measure(text).segments)

    def _prepared(self, text: str) -> str:
        return prepare(text, keep_accents=self._keep_accents)

    def _draft(self, blocks: Sequence[ReplyBlock], language: str) -> _Draft:
        draft = _Draft()
        for block in blocks:
            match block:
                case TextBlock() | NoticeBlock():
                    draft.lines.append(block.text)
                case AnswerBlock():
                    self._answer(draft, block, language)
                case ChoicesBlock(purpose="related"):
                    draft.related_head = block.text
                    draft.related.extend(block.options)
                case ChoicesBlock():
                    draft.head = draft.head or block.text
                    draft.options.extend(block.options)
        return draft

    def _answer(self, draft: _Draft, block: AnswerBlock, language: str) -> None:
        cases = " > ".join(block.cases)  # an answer for one situation must say which
        draft.lines += [block.text, cases]
        if draft.stretch is None:
            draft.stretch = len(draft.lines)
        body = _EMPTY_LINES.sub("\n", plain(block.body, links=False))  # each character is paid for
        draft.lines += [body, block.notice, self._source(block, language)]

    def _source(self, block: AnswerBlock, language: str) -> str:
        source = f"{block.source.name} {_safe(block.source.url)}".strip()
        date = f"{block.verified_on:%d/%m/%Y}" if block.verified_on else ""
        if not date or date in block.notice:  # said once is enough
            return source
        return f"{source} ({self._wording.text('ui_verified_on', channel='sms', language=language, date=date)})"


def _numbered(options: Sequence[Option], first: int) -> list[str]:
    return [f"{number} {_label(option.label)}" for number, option in enumerate(options, first)]


def _label(label: str) -> str:
    flat = " ".join(plain(label, links=False).split())
    return _cut(flat, lambda text: len(text) <= _LABEL_CHARACTERS) if len(flat) > _LABEL_CHARACTERS else flat


def _safe(url: str) -> str:
    """``url`` in ASCII: replacing a letter of it for the GSM alphabet would lead elsewhere."""
    return quote(url, safe="/:?#[]@!$&'()*+,;=%~-._")


def _most(options: Sequence[Option], fits: Callable[[Sequence[Option]], bool]) -> list[Option]:
    """The longest beginning of ``options`` that fits."""
    count = len(options)
    while count and not fits(options[:count]):
        count -= 1
    return list(options[:count])


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of ``text`` that fits, cut between words, with an ellipsis; empty if not one word does."""
    ends = [found.end() for found in _WORD.finditer(text)]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[: ends[middle - 1]] + _ELLIPSIS):
            low = middle
        else:
            high = middle - 1
    if not low:
        return ""
    kept = text[: ends[low - 1]]
    sentences = [found.start() + 1 for found in _SENTENCE_END.finditer(kept + " ")]
    if sentences and sentences[-1] >= _KEPT_SHARE * len(kept):
        kept = kept[: sentences[-1]].rstrip()
    return kept.rstrip(" ,;:-\n") + ("" if kept.endswith((".", "!", "?", _ELLIPSIS)) else _ELLIPSIS)
