"""Whether an entry that came from elsewhere holds nothing but the safe subset of Markdown (core/entry.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from core.entry import Block, Cases, Chapter, Entry, TextBlock
from knowledge_base.errors import Reason

COLLECTION_NAME = re.compile(r"[\w-]{1,64}")  # part of the address of each of its entries
_SAFE = frozenset(
    (
        *("inline", "paragraph_open", "paragraph_close", "text", "softbreak", "strong_open", "strong_close"),
        *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"),
        *("list_item_open", "list_item_close", "link_open", "link_close", "text_special"),
        *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    )
)
_ADDRESSES = ("https://", "http://", "mailto:")
_PARSER = MarkdownIt("commonmark").enable("table")


def unsafe(entry: Entry) -> Reason | None:
    """Returns what is not allowed in ``entry``, or ``None``."""
    for address in (*entry.urls.values(), *(link.url for link in (*entry.related, *entry.services) if link.url)):
        if not address.startswith(_ADDRESSES):
            return _relative(address)
    for text in (entry.description, entry.short_answer, entry.introduction, entry.easy_text, *_texts(entry.body)):
        if text and (fault := unsafe_text(text)) is not None:
            return fault
    return None


def unsafe_text(text: str) -> Reason | None:
    """Returns the same for one text."""
    for token in _PARSER.parse(text):
        for part in (token, *(token.children or ())):
            if part.type not in _SAFE:
                return Reason(f"« {part.type} » n'est pas permis dans une fiche", f"'{part.type}' is not allowed in an entry")
            if part.type == "link_open" and not str(part.attrGet("href")).startswith(_ADDRESSES):
                return _relative(str(part.attrGet("href")))
    return None


def _relative(address: str) -> Reason:
    return Reason(f"adresse non absolue : {address[:80]}", f"address that is not absolute: {address[:80]}")


def _texts(body: tuple[Block, ...]) -> Iterator[str]:
    for block in body:
        match block:
            case TextBlock():
                yield block.markdown
            case Chapter():
                yield from _texts(block.body)
            case Cases():
                for case in block.cases:
                    yield from _texts(case.body)
