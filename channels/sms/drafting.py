"""Makes the draft of a message from the blocks of a reply: the fact first, then its source, then choices. Pure."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from channels.sms.draft import TITLE_CHARACTERS, Draft, after_sms_text, label
from conversations.wording import Wording
from core.dates import format_day
from core.text.markdown import plain
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, PlaceBlock, ReplyBlock, TextBlock

Link = Callable[[AnswerBlock], str]  # the address of an answer's source in an SMS

_PLACE_CHARACTERS = (60, 38, 24)  # of an office's name: the first value with which address and hours fit in one segment
_PLACE_LINES = 4
_EMPTY_LINES = re.compile(r"\n\s*\n")


class Drafter:
    """Makes drafts in one ``language``. ``is_one_segment`` decides whether a text takes one segment."""

    def __init__(self, wording: Wording, language: str, link: Link, is_one_segment: Callable[[str], bool]) -> None:
        self._wording, self._language, self._link, self._is_one_segment = wording, language, link, is_one_segment

    def draft(self, blocks: Sequence[ReplyBlock], *, links_wait: bool) -> Draft:
        """Returns the draft of ``blocks``. ``links_wait``: links stand in the next part."""
        draft = Draft(waiting=[] if links_wait else None)
        for block in blocks:
            match block:
                case TextBlock() if any(one.purpose == "entries" for one in draft.choices):
                    draft.closing.append(block.text)
                case TextBlock() | NoticeBlock():
                    draft.lines.append(block.text)
                case AnswerBlock():
                    self._add_answer(draft, block)
                case PlaceBlock():
                    draft.lines += self._place(block)
                case ChoicesBlock(purpose="related"):
                    draft.related = _merged(draft.related, block)
                case ChoicesBlock():
                    draft.choices.append(block)
        return draft

    def _add_answer(self, draft: Draft, block: AnswerBlock) -> None:
        if not block.part:
            title = label(block.text, TITLE_CHARACTERS) if block.text == block.title else block.text
            # An answer for one situation must name it, once.
            unnamed = [case for case in block.cases if not _is_named(case, draft.lines)]
            draft.lines += [title, " > ".join(unnamed)]
        elif draft.passage_index is not None:  # it continues another answer than the one above it
            draft.lines.append(label(block.title, TITLE_CHARACTERS))
        if draft.passage_index is None:
            draft.passage_index, draft.answer = len(draft.lines), block
        else:  # the answer to a second question
            draft.later.append(block)
        draft.has_more = draft.has_more or bool(after_sms_text(block))
        # The editor's own text, or the sentences that answer, come first; the passage on request.
        draft.lines.append(_EMPTY_LINES.sub("\n", plain(block.sms_text or block.body, links=False)))  # each character costs
        if block.part:
            return
        link = _safe(self._link(block))
        if draft.waiting is not None and link:
            draft.waiting.append(link)
            draft.has_more, link = True, ""
        draft.lines += [self._notice(block), self._source(block, link)]

    def _place(self, block: PlaceBlock) -> list[str]:
        """Returns name, address, opening hours, and one more if it still fits in one segment: telephone, remark, addresses."""
        lines = [block.name, block.address, block.text]
        for max_characters in _PLACE_CHARACTERS:
            lines[0] = label(block.name, max_characters)
            if self._is_one_segment("\n".join(lines)):
                break
        details = (block.phone, block.appointment, *block.other_addresses, block.postal_address)
        fitting = (more for more in details if more and self._is_one_segment("\n".join([*lines, more])))
        return [*lines, *fitting][:_PLACE_LINES]

    def _source(self, block: AnswerBlock, link: str) -> str:
        source, date = f"{block.source.name} {link}".strip(), self._date(block)
        if not date or date in block.notice:  # the date is in the notice already
            return source
        return f"{source} ({self._wording.text('ui_verified_on', channel='sms', language=self._language, date=date)})"

    def _notice(self, block: AnswerBlock) -> str:
        """Returns the notice on the age of the page; empty if its sentences for SMS have the date already."""
        date = self._date(block)
        return "" if date and date in block.notice and date in block.sms_text else block.notice

    def _date(self, block: AnswerBlock) -> str:
        return format_day(block.verified_on, self._language) if block.verified_on else ""


def before_second_answer(blocks: Sequence[ReplyBlock]) -> tuple[Sequence[ReplyBlock], tuple[ReplyBlock, ...]]:
    """Returns the blocks before the second answer and the texts that announce it, and those from there on."""
    _, second = [number for number, block in enumerate(blocks) if isinstance(block, AnswerBlock)][:2]
    while isinstance(blocks[second - 1], TextBlock):
        second -= 1
    return blocks[:second], tuple(blocks[second:])


def _is_named(case: str, lines: Sequence[str]) -> bool:
    """Decides whether a line names ``case`` among the cases that it lists, as "(case, case)" or "Retenu : case." do."""
    name = re.compile(rf"(?:^|[(:,])\s*{re.escape(case)}(?=[).,]|$)")
    return any(name.search(line) for line in lines)


def _merged(before: ChoicesBlock | None, block: ChoicesBlock) -> ChoicesBlock:
    """Returns one list of choices, so that each has a number of its own."""
    if before is None:
        return block
    return before.model_copy(update={"text": before.text or block.text, "options": (*before.options, *block.options)})


def _safe(url: str) -> str:
    """Returns ``url`` in ASCII: a letter replaced for the GSM alphabet would change the target."""
    return quote(url, safe="/:?#[]@!$&'()*+,;=%~-._")
