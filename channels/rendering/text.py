"""A whole reply as plain text: for ``text`` of a reply event, the download of a conversation, and the output of ``ask``."""

from collections.abc import Sequence

from conversations.ports import Rendered
from conversations.wording import Wording
from core.dates import format_day
from core.text.markdown import plain
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, PlaceBlock, ReplyBlock, TextBlock


class TextRenderer:
    """Blocks → text, in reading order, separated by empty lines. Choices are numbered through the whole reply."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def __call__(self, blocks: Sequence[ReplyBlock], *, language: str) -> Rendered:
        parts: list[str] = []
        offered: list[str] = []
        for block in blocks:
            match block:
                case TextBlock() | NoticeBlock():
                    parts.append(block.text)
                case AnswerBlock():
                    parts.extend(self._answer(block, language))
                case PlaceBlock():
                    parts.append("\n".join(self._place(block, language)))
                case ChoicesBlock(purpose="nearest"):  # its button needs the widget
                    parts.append(block.text)
                case ChoicesBlock():
                    first = len(offered) + 1
                    offered.extend(option.payload for option in block.options)
                    lines = [self._option(number, option, language) for number, option in enumerate(block.options, first)]
                    parts.append("\n".join(([block.text] if block.text else []) + lines))
        return Rendered("\n\n".join(part.strip() for part in parts if part.strip()), tuple(offered))

    def _option(self, number: int, option: Option, language: str) -> str:
        """Returns the line of a choice; below a page's title, its extract and its source."""
        line = f"{number}. {option.label}"
        if not option.extract or option.source is None:
            return line
        source = f"{option.source.name}{self._verified(option, language)}"
        return f"{line}\n{option.extract}\n{source}\n"  # and an empty line before the next

    def _verified(self, block: Option | PlaceBlock, language: str) -> str:
        if block.verified_on is None:
            return ""
        date = format_day(block.verified_on, language)
        return f" ({self._wording.text('ui_verified_on', language=language, date=date)})"

    def _place(self, block: PlaceBlock, language: str) -> list[str]:
        hours = (f"{line.days} : {line.times}" for line in block.hours)
        source = f"{block.source.name} : {block.source.url}" if block.source.url else block.source.name
        source += self._verified(block, language)
        post = block.postal_address and f"{self._wording.text('ui_place_postal', language=language)} : {block.postal_address}"
        addresses = (block.address, *block.other_addresses, post)
        lines = (block.name, block.text, *addresses, *hours, block.note, block.phone, block.appointment, source)
        return [line for line in lines if line]

    def _answer(self, block: AnswerBlock, language: str) -> list[str]:
        path = " › ".join((*block.headings, *block.cases))
        head = block.title + (f"\n{path}" if path else "")
        source = f"{block.source.name} : {block.source.url}" if block.source.url else block.source.name
        if block.notice:  # the notice has the date itself
            source += "\n" + block.notice
        elif block.verified_on:
            language = block.frame.language if block.frame else language
            date = format_day(block.verified_on, language)
            source += "\n" + self._wording.text("ui_verified_on", language=language, date=date)
        services = "\n".join(f"{service.name} : {service.url}" for service in block.services)
        return [block.text, head, plain(block.body), services, source]
