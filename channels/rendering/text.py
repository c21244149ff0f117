"""A whole reply as plain text: for ``text`` of a reply event, the download of a conversation, and logs of ``ask``."""

from __future__ import annotations

from collections.abc import Sequence

from channels.contracts import Rendered
from channels.rendering.markdown import plain
from channels.wording import Wording
from core.dates import written
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, ReplyBlock, TextBlock


class TextRenderer:
    """Blocks → text, in reading order, blocks apart by an empty line. Choices are numbered through the reply."""

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
                case ChoicesBlock():
                    first = len(offered) + 1
                    offered.extend(option.payload for option in block.options)
                    lines = [f"{number}. {option.label}" for number, option in enumerate(block.options, first)]
                    parts.append("\n".join(([block.text] if block.text else []) + lines))
        return Rendered("\n\n".join(part.strip() for part in parts if part.strip()), tuple(offered))

    def _answer(self, block: AnswerBlock, language: str) -> list[str]:
        path = " › ".join((*block.headings, *block.cases))
        head = block.title + (f"\n{path}" if path else "")
        source = f"{block.source.name} : {block.source.url}" if block.source.url else block.source.name
        if block.verified_on:
            language = block.frame.language if block.frame else language
            date = written(block.verified_on, language)
            source += "\n" + self._wording.text("ui_verified_on", language=language, date=date)
        services = "\n".join(f"{service.name} : {service.url}" for service in block.services)
        return [block.text, head, plain(block.body), block.notice, services, source]
