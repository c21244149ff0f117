"""Pasted HTML → the safe subset of Markdown of entries. Anything else is left out."""

import re

import nh3
from lxml import html
from lxml.html import HtmlElement

from knowledge_base.entries.markdown import escape, guard, item, link, readable, tidy

_TAGS = {"p", "div", "br", "ul", "ol", "li", "strong", "b", "em", "i", "a", "table", "thead", "tbody", "tr", "th", "td"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LONGEST = 300_000
_BULLET = re.compile(r"[·•▪◦‣●○\uf0b7\uf0a7]\s+(?=\S)")
_BLANKS = re.compile(r"[ \t\r\n]+")


def markdown_of(source: str) -> str:
    """Returns HTML (of a page, a mail, a text processor) as Markdown, without scripts, styles, images and attributes."""
    safe = nh3.clean(
        readable(source[:_LONGEST]),
        tags=_TAGS | _HEADINGS,
        attributes={"a": {"href"}},
        clean_content_tags={"script", "style", "title", "template"},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    if not safe.strip():
        return ""
    return "\n\n".join(_bulleted(_blocks(html.fragment_fromstring(safe, create_parent="div"))))


def _bulleted(blocks: list[str]) -> list[str]:
    """Returns the blocks, with paragraphs that begin with a bullet as one list, as text processors copy lists. Dashes and
    figures are kept: they may be intended.
    """
    found: list[str] = []
    before = False
    for block in blocks:
        bullet = _BULLET.match(block)
        line = item(block[bullet.end() :], "- ") if bullet else block
        if bullet and before:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
        before = bullet is not None
    return found


def _blocks(element: HtmlElement) -> list[str]:
    found: list[str] = []
    line: list[str] = [_text(element.text)]

    def close() -> None:
        text = tidy("".join(line))
        line.clear()
        if text:
            found.append(text if text.startswith("**") else guard(text))

    for child in element:
        tag = str(child.tag)
        if tag in ("p", "div", "ul", "ol", "table") or tag in _HEADINGS:
            close()
            found.extend(_block(child, tag))
        elif tag == "br":
            close()
        else:
            line.append(_inline(child))
        line.append(_text(child.tail))
    close()
    return found


def _block(element: HtmlElement, tag: str) -> list[str]:
    if tag in ("ul", "ol"):
        items = [child for child in element if child.tag == "li"]
        lines = [
            item("\n\n".join(_blocks(child)), "- " if tag == "ul" else f"{number}. ") for number, child in enumerate(items, 1)
        ]
        return ["\n".join(lines)] if lines else []
    if tag == "table":
        rows = [
            [" ".join(_blocks(cell)).replace("|", "/") for cell in row if cell.tag in ("th", "td")]
            for row in element.iter("tr")
        ]
        rows = [row for row in rows if row]
        if not rows:
            return []
        width = max(map(len, rows))
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]
    if tag in _HEADINGS:
        title = tidy(element.text_content())
        return [f"**{escape(title)}**"] if title else []
    return _blocks(element)


def _inline(element: HtmlElement) -> str:
    tag = str(element.tag)
    if tag == "a":
        return link(element.text_content(), element.get("href") or "")
    inner = _text(element.text) + "".join(_inline(child) + _text(child.tail) for child in element)
    bold = tidy(inner)
    return f"**{bold}**" if tag in ("strong", "b") and bold and "**" not in bold else inner


def _text(text: str | None) -> str:
    return escape(_BLANKS.sub(" ", text or ""))
