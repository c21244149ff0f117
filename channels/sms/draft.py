"""The parts of a message before it is known how much of them fits, and the text of those that are shown. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from channels.rendering.cutting import ELLIPSIS, cut
from core.text.markdown import plain
from core.turns import AnswerBlock, ChoicesBlock, Option, ReplyBlock, TextBlock

TITLE_CHARACTERS = 38  # of a page with its own sentences
OTHER_TITLE_CHARACTERS = 30  # of an alternative page: enough to tell pages apart, mostly; more where it costs no segment
LABEL_CHARACTERS = 60  # of a choice: two or three lines of an old phone


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows of its draft: the beginning of the passage, the next options, related questions, and the line that
    says how to go on (empty if nothing is left).
    """

    passage: str
    options: tuple[Option, ...] = ()
    related: tuple[Option, ...] = ()
    hint: str = ""


@dataclass(slots=True)
class Draft:
    """The parts of a message. ``lines`` stay whole, except the passage at ``passage_index``, which may be cut.

    The options of all ``choices`` are numbered in one sequence, each list under its own sentence. ``closing``: what comes after
    pages to choose from. ``has_more``: there is more to read than ``lines`` have, whether they are cut or not. ``later``:
    further answers, of which ``lines`` hold the beginning. ``waiting``: links for the next part; ``None`` if links do not wait.
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

    @property
    def passage(self) -> str:
        """Returns the passage of the first answer, or an empty string."""
        return self.lines[self.passage_index] if self.passage_index is not None else ""

    @property
    def is_first_part(self) -> bool:
        """Decides whether the message is the first one with its answer."""
        return self.answer is not None and not self.answer.part

    @property
    def options(self) -> tuple[Option, ...]:
        """Returns all options, in the order of their numbers."""
        return tuple(option for block in self.choices for option in block.options)

    @property
    def shown_before(self) -> tuple[Option, ...]:
        """Returns the options that earlier parts have shown."""
        return self.options[: sum(block.shown for block in self.choices)]

    @property
    def next_options(self) -> tuple[Option, ...]:
        """Returns the options that no earlier part has shown."""
        return self.options[len(self.shown_before) :]

    def text(self, shown: Shown, *, title_characters: int = OTHER_TITLE_CHARACTERS) -> str:
        """Returns the message that shows what ``shown`` holds."""
        lines = [shown.passage if index == self.passage_index else line for index, line in enumerate(self.lines)]
        lines += [*self._numbered_options(len(shown.options), title_characters), *self.closing]
        if shown.related and self.related:
            lines += [self.related.text, *_numbered(shown.related, len(self.options) + 1, title_characters)]
        return "\n".join(line.strip() for line in [*lines, shown.hint] if line.strip())

    def set_extract(self, number: int, extract: str) -> None:
        """Replaces the extract of option ``number``, counted from 0 over all lists."""
        for at, block in enumerate(self.choices):
            if number < len(block.options):
                option = block.options[number].model_copy(update={"extract": extract})
                options = (*block.options[:number], option, *block.options[number + 1 :])
                self.choices[at] = block.model_copy(update={"options": options})
                return
            number -= len(block.options)

    def next_part(self, remainder: str, options: int) -> tuple[ReplyBlock, ...]:
        """Returns the blocks of the next part: ``remainder`` of the passage, other answers, links, and the choices, with the
        same numbers; ``options`` of them have been shown.
        """
        rest: list[ReplyBlock] = []
        if self.answer is not None and (body := "\n\n".join(filter(None, (remainder, after_sms_text(self.answer))))):
            rest.append(_next_part(self.answer, body))
        rest += [_next_part(block, body) for block in self.later if (body := after_sms_text(block))]
        if self.waiting:
            rest.append(TextBlock(text="\n".join(self.waiting)))
        for block in self.choices:
            rest.append(block.model_copy(update={"shown": min(options, len(block.options))}))
            options = max(0, options - len(block.options))
        if self.related is not None:
            rest.append(self.related)
        return tuple(rest)

    def _numbered_options(self, count: int, title_characters: int) -> list[str]:
        """Returns the lines of the next ``count`` options, each list under its sentence."""
        lines: list[str] = []
        first, before = len(self.shown_before), 0
        for block in self.choices:
            start, end = max(first, before), min(first + count, before + len(block.options))
            if start < end:
                options = block.options[start - before : end - before]
                lines += [block.text, *_numbered(options, start + 1, title_characters)]
            before += len(block.options)
        return lines


def label(text: str, max_characters: int = LABEL_CHARACTERS) -> str:
    """Returns ``text`` on one line without marks, cut to ``max_characters``."""
    flat = " ".join(plain(text, links=False).split())
    if len(flat) <= max_characters:
        return flat
    # One long word (for example an address) is cut inside: a number alone means nothing.
    return cut(flat, lambda some: len(some) <= max_characters)[0] or flat[: max_characters - 1] + ELLIPSIS


def after_sms_text(block: AnswerBlock) -> str:
    """Returns what ``sms_text`` leaves of the body for the next message: all, if the body does not begin with that text;
    nothing if there is no such text, so that the body itself is shown.
    """
    return block.body.removeprefix(block.sms_text).strip() if block.sms_text else ""


def _next_part(block: AnswerBlock, body: str) -> AnswerBlock:
    return block.model_copy(update={"part": block.part + 1, "body": body, "text": "", "notice": "", "sms_text": ""})


def _numbered(options: Sequence[Option], first: int, title_characters: int) -> list[str]:
    """Returns the lines of ``options``. Labels that would be alike when cut are longer."""
    other = title_characters if any(option.extract for option in options) else LABEL_CHARACTERS
    labels = [label(option.label, other) for option in options]
    alike = {one for one, count in Counter(labels).items() if count > 1}
    with_extract = max(title_characters, TITLE_CHARACTERS)
    return [
        _line(number, option, LABEL_CHARACTERS if one in alike else with_extract if option.extract else other)
        for number, (option, one) in enumerate(zip(options, labels, strict=True), first)
    ]


def _line(number: int, option: Option, max_characters: int) -> str:
    """Returns the line of a choice, with a page's extract below its title."""
    line = f"{number} {label(option.label, max_characters)}"
    return f"{line}\n{option.extract}" if option.extract else line
