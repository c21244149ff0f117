"""Inline elements → one line of Markdown, or of plain text."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from lxml import etree

from knowledge_base.entries import markdown
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.tree import text_of

_ABBREVIATIONS = frozenset({"Sigle", "Acronyme"})
_TRANSPARENT = frozenset({"TermeEtranger", "Variable", "Indice", "Paragraphe", "LienIntra"})
_SKIPPED = frozenset({"Image", "Condition"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TWICE = re.compile(r"([€%])\s+\1(?!\w)")  # "5 € €": the editor typed the sign that the amount already includes
_ORDINALS = frozenset({"er", "re", "ère", "ème"})
_WORD_END = re.compile(r"[\w€%]$")
_WORD_START = re.compile(r"(?!s\b)\w")  # "les CDDs" is a plural
_UNIT_ONLY = re.compile(r"[\s€%]*$")


class _Piece(NamedTuple):
    """A part of a line. ``core`` has no spaces at its ends. ``bold`` pieces get their marks late, so that neighbours share
    them. ``apart`` says on which sides ("<", ">") a piece never touches a word: editors forgot the space next to amounts and
    abbreviations.
    """

    core: str
    before: str = ""
    after: str = ""
    bold: bool = False
    apart: str = ""


def line(element: etree._Element, context: Context, *, marks: bool = True) -> str:
    """Returns the content on one line: Markdown, or plain text if ``marks`` is false."""
    return _TWICE.sub(r"\1", markdown.tidy(_joined(_pieces(element, context, marks), bold=marks)))


def heading(element: etree._Element | None, context: Context) -> str:
    """Returns the plain text of a title; empty if there is no such element."""
    return "" if element is None else line(element, context, marks=False)


def _pieces(element: etree._Element, context: Context, marks: bool) -> Iterator[_Piece]:
    if element.text:
        yield _text(element.text, marks)
    for child in _with_merged_values(element):
        yield from _child(child, context, marks)
        if child.tail:
            yield _text(child.tail, marks)


def _child(child: etree._Element, context: Context, marks: bool) -> Iterator[_Piece]:
    match child.tag:
        case "MiseEnEvidence":
            piece = _spaced(_joined(_pieces(child, context, marks), bold=False))
            yield piece._replace(bold=marks and bool(piece.core))
        case "LienInterne" | "LienExterne":
            yield _link(child, context, marks)
        case "Expression" | "Citation":
            piece = _spaced(_joined(_pieces(child, context, marks), bold=marks))
            yield piece._replace(core=_quoted(piece.core))
        case "Exposant":
            raised = text_of(child).strip()
            piece = _text(raised.translate(_RAISED) if raised.isdigit() else text_of(child), marks)
            yield piece._replace(apart=">" if raised in _ORDINALS else "")
        case "Valeur":
            yield _text(text_of(child), marks)._replace(apart="<>")
        case tag if tag in _SKIPPED:
            return
        case tag:
            if tag not in _TRANSPARENT:
                context.unknown[str(tag)] += 1
            yield from _pieces(child, context, marks)


def _link(child: etree._Element, context: Context, marks: bool) -> _Piece:
    label = _spaced(_joined(_pieces(child, context, False), bold=False))
    if child.get("type") in _ABBREVIATIONS:  # explained at the end of the page
        return label._replace(core=markdown.escape(label.core) if marks else label.core, apart="<>")
    if not marks or not label.core:
        return label
    page = child.get("LienPublication")
    address = context.address(page, child.get("audience")) if page else child.get("URL", "")
    return label._replace(core=markdown.link(label.core, address))


def _with_merged_values(element: etree._Element) -> Iterator[etree._Element]:
    """Yields the children. Amounts that editors cut in two ("101 €" + ",5 €", "5 %" + " %") are joined again."""
    result: list[etree._Element] = []
    for child in element:
        last = result[-1] if result else None
        if last is not None and last.tag == child.tag == "Valeur" and not (last.tail or "").strip():
            left, right = text_of(last).rstrip(), text_of(child)
            if _UNIT_ONLY.match(left) or _UNIT_ONLY.match(right) or re.match(r"\s*,\d", right) or re.search(r",\s*€$", left):
                merged = etree.Element("Valeur")
                merged.text, merged.tail = _one_amount(left, right), child.tail
                result[-1] = merged
                continue
        result.append(child)
    yield from result


def _one_amount(left: str, right: str) -> str:
    if _UNIT_ONLY.match(left):
        return right
    if _UNIT_ONLY.match(right):
        return left if left[-1] in "€%" else left + right
    return re.sub(r"[\s€]+$", "", left) + right.lstrip()


def _text(text: str, marks: bool) -> _Piece:
    piece = _spaced(unescape(text))  # editors pasted HTML: "R&amp;D" appears with its entity
    return piece._replace(core=markdown.escape(piece.core)) if marks else piece


def _spaced(text: str) -> _Piece:
    core = text.strip()
    if not core:
        return _Piece("", before=text)
    start = text.index(core)
    return _Piece(core, before=text[:start], after=text[start + len(core) :])


def _quoted(text: str) -> str:
    if not text or text[0] in "«\"“'" or "«" in text:
        return text
    return f"«{markdown.NBSP}{text}{markdown.NBSP}»"


def _joined(pieces: Iterator[_Piece], *, bold: bool) -> str:
    """Returns the pieces as one string. Without ``bold`` (inside bold text, a label, a title) no piece gets its stars."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and not piece.core:
            merged[-1] = last._replace(after=last.after + piece.before)
        elif last is not None and last.bold and piece.bold:
            space = last.after + piece.before
            merged[-1] = last._replace(core=last.core + space + piece.core, after=piece.after)
        else:
            merged.append(piece)
    text = ""
    for piece, following in zip(merged, [*merged[1:], _Piece("")], strict=False):
        starred = bold and piece.bold and _can_be_bold(text + piece.before, piece, following)
        core = f"**{piece.core}**" if starred else piece.core
        text += piece.before
        if "<" in piece.apart and text[-1:].isalnum() and core[:1].isalnum():
            text += " "
        text += core + piece.after
        nearest = following.before or following.core
        if ">" in piece.apart and _WORD_END.search(text) and _WORD_START.match(nearest):
            text += " "
    return text


def _can_be_bold(before: str, piece: _Piece, following: _Piece) -> bool:
    """Decides whether a piece may be bold. CommonMark shows the stars of ``mot**(bis)**`` and ``**(bis)**mot``: inner
    punctuation must not be next to an outer letter.
    """
    after = piece.after or following.before or following.core
    opens = piece.core[0].isalnum() or not before[-1:].isalnum()
    closes = piece.core[-1].isalnum() or not after[:1].isalnum()
    return opens and closes
