"""Checks that an entry holds only the safe subset of Markdown (core/entry.py), by one grammar for editor, import and export."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

from core.entry import Block, Cases, Chapter, Entry, TextBlock
from knowledge_base.errors import Reason

COLLECTION_NAME = re.compile(r"[\w-]{1,64}")  # it is part of the address of each of its entries
_SAFE = frozenset(
    (
        *("inline", "paragraph_open", "paragraph_close", "text", "softbreak", "strong_open", "strong_close"),
        *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"),
        *("list_item_open", "list_item_close", "link_open", "link_close", "text_special"),
        *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    )
)
_KINDS = {  # the parser's token → its name for authors
    **dict.fromkeys(("html_block", "html_inline"), "html"),
    **dict.fromkeys(("code_block", "code_inline", "fence"), "code"),
    **{"image": "image", "heading_open": "heading", "blockquote_open": "quotation", "em_open": "emphasis", "hr": "rule"},
}
_CALLED = {
    "html": Reason("du HTML n'est pas permis", "HTML is not allowed"),
    "code": Reason("du code n'est pas permis", "code is not allowed"),
    "image": Reason("une image n'est pas permise", "an image is not allowed"),
    "heading": Reason("un titre dans le texte n'est pas permis", "a heading in a text is not allowed"),
    "quotation": Reason("une citation (>) n'est pas permise", "a quotation (>) is not allowed"),
    "emphasis": Reason("l'italique n'est pas permis", "italics are not allowed"),
    "rule": Reason("un trait de séparation n'est pas permis", "a rule is not allowed"),
    "relative": Reason("adresse non absolue", "address that is not absolute"),
    "mark": Reason("une marque inconnue n'est pas permise", "an unknown mark is not allowed"),
}
_ADDRESSES = ("https://", "http://", "mailto:")
_TEXTS = ("description", "short_answer", "introduction", "easy_text")
_EXCERPT = 80  # characters
_PARSER = MarkdownIt("commonmark").enable("table")


class Fault(NamedTuple):
    """Content that an entry may not have. ``field`` is the field of the entry; ``kind`` is html, code, image, heading,
    quotation, emphasis, rule, relative or mark; ``excerpt`` is the line that shows it.
    """

    field: str
    kind: str
    excerpt: str

    @property
    def reason(self) -> Reason:
        """Returns the fault as a sentence."""
        called = _CALLED[self.kind]
        return Reason(f"{called} (« {self.excerpt} »)", f"{called.en} ('{self.excerpt}')")


def unsafe(entry: Entry) -> Reason | None:
    """Returns the first fault in ``entry``, or ``None``."""
    fault = next(faults(entry), None)
    return fault and fault.reason


def unsafe_text(text: str) -> Reason | None:
    """Returns the first fault in one text."""
    fault = next(_of_text("", text), None)
    return fault and fault.reason


def faults(entry: Entry) -> Iterator[Fault]:
    """Yields all faults in ``entry``, field by field."""
    for address in (*entry.urls.values(), *(link.url for link in (*entry.related, *entry.services) if link.url)):
        if not address.startswith(_ADDRESSES):
            yield Fault("url", "relative", address[:_EXCERPT])
    for name in _TEXTS:
        yield from _of_text(name, getattr(entry, name))
    for text in _texts(entry.body):
        yield from _of_text("body", text)


def _of_text(field: str, text: str) -> Iterator[Fault]:
    lines = text.splitlines()
    shown = ""
    for token in _PARSER.parse(text) if text else ():
        if token.map:
            shown = lines[token.map[0]].strip()[:_EXCERPT] if token.map[0] < len(lines) else ""
        for part in (token, *(token.children or ())):
            if part.type == "link_open" and not str(part.attrGet("href")).startswith(_ADDRESSES):
                yield Fault(field, "relative", str(part.attrGet("href"))[:_EXCERPT])
            elif part.type not in _SAFE and not part.type.endswith("_close"):
                yield Fault(field, _KINDS.get(part.type, "mark"), shown)


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
