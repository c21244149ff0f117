"""Writes the safe subset of Markdown (core/entry.py): foreign text must not become markup."""

import re
from collections.abc import Iterable
from html import unescape

NBSP = "\u00a0"

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, zero-width characters, direction marks
_SPACES = re.compile(rf"\s\s+|[^\S {NBSP}]")  # all but single plain and no-break spaces; Python's \s includes these too
_LOOSE_COMMA = re.compile(rf"(?<=[\w)»*])[ {NBSP}]+(?=[,.](?:[ {NBSP}]|$))")
_LOOSE_BRACKET = re.compile(rf"(?<=\()[ {NBSP}]+|[ {NBSP}]+(?=\))")
_MARKUP = re.compile(r"[\\*`\[\]]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_LINE_MARK = re.compile(r"^([-+*]|\d{1,9}[.)]|#{1,6})(?: |$)")
_UNSAFE_IN_URL = str.maketrans({character: f"%{ord(character):02X}" for character in ' ()<>"\\^`{|}'})
_ENDED = re.compile(r"[.:;,!?…/]$")
_CONTINUES = re.compile(r"^[a-zà-ÿœ(+/…,;.:)]")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def readable(text: str) -> str:
    """Returns ``text`` without the characters that XML (and lxml) cannot hold."""
    return _UNREADABLE.sub("", text)


def tidy(text: str) -> str:
    """Returns ``text`` with single spaces (no-break if one was), none at the ends, before , and . or inside brackets."""
    text = _SPACES.sub(lambda found: NBSP if {NBSP, "\u202f"} & {*found[0]} else " ", _INVISIBLE.sub("", text))
    return _LOOSE_BRACKET.sub("", _LOOSE_COMMA.sub("", text)).strip()


def escape(text: str) -> str:
    """Returns ``text`` as Markdown in which no character is a mark."""
    return _MARKUP.sub(lambda found: "\\" + found[0], text)


def guard(line: str) -> str:
    """Returns a paragraph that does not begin like a quotation, a rule, a title or a list item."""
    if line.startswith((">", "---", "===", "~~~")):
        return "\\" + line
    return _LINE_MARK.sub(lambda found: found[1] + NBSP, line)


def paragraph(text: str) -> str:
    """Returns foreign plain text as one paragraph."""
    return guard(escape(tidy(unescape(text))))


def url(address: str) -> str:
    """Returns ``address`` for use in ``[label](address)``: without spaces, brackets, quotes. Empty if it is not an address."""
    address = address.strip()
    if not address.startswith(("https://", "http://", "mailto:")):
        return ""
    return "".join(address.splitlines()).translate(_UNSAFE_IN_URL)


def link(label: str, address: str) -> str:
    """Returns a link with a plain-text ``label``; only the label if the address is not valid."""
    label, address = tidy(label), url(address)
    if not label or not address:
        return escape(label)
    # A single star marks nothing, and renderers disagree on escapes inside a label ("cerfa n° 12345*01").
    safe = label.replace("[", "(").replace("]", ")")
    return f"[{safe if safe.count('*') < 2 and '_' not in safe else escape(safe)}]({address})"


def item(content: str, marker: str = "- ") -> str:
    """Returns ``content`` (Markdown of several lines) as a list item, with all lines after the first indented."""
    tight = re.sub(r"\n\n(?=- |1\. )", "\n", content)
    first, *rest = tight.split("\n")
    return "\n".join([marker + first, *(" " * len(marker) + line if line else "" for line in rest)])


def in_one_line(parts: Iterable[str], separator: str = " ; ") -> str:
    """Returns paragraphs as one line, with a ``separator`` only where neither end already continues or closes a sentence."""
    line = ""
    for part in filter(None, parts):
        if line:
            line += " " if _ENDED.search(line) or _CONTINUES.match(part) else separator
        line += part
    return line


def labelled(label: str, content: str) -> str:
    """Returns ``content`` after a bold label: "**À noter** : …". A list or a table comes below its label."""
    label = label.rstrip(f": {NBSP}")
    if not label:
        return content
    below = content.startswith(("- ", "1. ", "| ")) or not content
    return f"**{escape(label)}**{NBSP}:{chr(10) * 2 if below else ' '}{content}".rstrip()
