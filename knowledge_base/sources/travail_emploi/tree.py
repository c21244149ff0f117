"""A page's HTML → the element tree that ``service_public.blocks`` reads. Elements that are not in the lists below are left out.

Both sources have the same elements (paragraphs, lists, tables, boxes, chapters), so one converter writes the Markdown of both.
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from knowledge_base.entries.markdown import readable, tidy, url
from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.service_public.tree import append_text, text_of
from knowledge_base.sources.travail_emploi.text_repair import repaired

_INLINE = {"strong": "MiseEnEvidence", "b": "MiseEnEvidence", "a": "LienExterne", "sup": "Exposant", "sub": "Indice"}
_PLAIN_INLINE = frozenset(("span", "em", "i", "u", "time", "abbr", "cite", "small", "font", "mark", "label"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul": "puce", "ol": "numero"}
_CONTAINERS = frozenset(("p", "div", "section", "article", "main", "blockquote", "figure", "figcaption", "header", "footer"))
_BOXES = frozenset(("fr-highlight", "fr-callout"))
# Videos and their accompaniments, pictures and icons: the written text has the same content.
_LEFT_OUT = frozenset(
    ("fr-link__detail", "youtube_player", "fr-card__img", "fr-card__detail", "fr-tags-group", "fr-card__desc")
)
_TRANSCRIPT = re.compile(r"retranscription", re.IGNORECASE)
# Headings of lists of articles of the law, which answer no question.
LEGAL = re.compile(r"(?:textes?|sources?|références?) (?:de référence|juridiques?|réglementaires?)\b", re.IGNORECASE)
_WARNING = re.compile(r"(?:attention|important|avertissement)\b", re.IGNORECASE)
# The label of a box without a heading of its own: in bold, at its start.
_NAMED = re.compile(
    r"(?:(?:bon )?[àa] *(?:savoir|noter)|attention(?: toutefois)?|important|rappel|exemples?(?: \d+)?)[\s:.!]*\Z", re.IGNORECASE
)
_MARKS = " :.!\u00a0"  # at the end of a box's title
_DEEPEST = 60  # levels of elements; pages have 20


def add_html(parent: etree._Element, content: str, *, level: int = 1) -> None:
    """Appends the elements of the HTML ``content`` to ``parent``, which is under a heading of ``level`` (1: the title)."""
    if not content.strip():
        return
    try:
        body = lxml_html.document_fromstring(f"<div>{readable(content)}</div>").find("body")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InvalidSource(*sentence("no_html", error=error)) from error
    if body is not None:
        _Writer(parent, level).write(body)


class _Writer:
    """Writes into ``parent``. Loose text and inline elements are collected in a paragraph until a block element comes."""

    def __init__(self, parent: etree._Element, level: int, depth: int = 0) -> None:
        self._chapters = [(level, parent)]
        self._paragraph: etree._Element | None = None
        self._depth = depth

    def write(self, element: lxml_html.HtmlElement) -> None:
        self._children(element)
        self._end_paragraph()

    def _children(self, element: lxml_html.HtmlElement) -> None:
        if self._depth > _DEEPEST:
            return
        self._depth += 1
        self._text(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child)
            self._text(child.tail)
        self._depth -= 1

    def _child(self, child: lxml_html.HtmlElement) -> None:
        tag, classes = str(child.tag), set((child.get("class") or "").split())
        if classes & _LEFT_OUT:
            return
        if tag in _INLINE or tag in _PLAIN_INLINE:
            if self._paragraph is None:
                self._paragraph = etree.Element("Paragraphe")
            _add_inline(self._paragraph, child)
            return
        if tag == "br" and self._goes_on(child.tail or ""):
            self._text(" ")
            return
        self._end_paragraph()
        if tag in _HEADINGS:
            self._heading(child)
        elif "fr-accordion" in classes:
            self._accordion(child)
        elif classes & _BOXES:
            self._box(child)
        elif tag in _LISTS:
            self._list(child, _LISTS[tag])
        elif tag == "table":
            self._table(child)
        elif tag in _CONTAINERS:
            self._children(child)
            self._end_paragraph()

    def _goes_on(self, following: str) -> bool:
        """Decides whether a line was broken inside a sentence."""
        before = "" if self._paragraph is None else text_of(self._paragraph).strip()
        return bool(before) and before[-1].isalnum() and following.lstrip()[:1].islower()

    def _text(self, text: str | None) -> None:
        if text and (text.strip() or self._paragraph is not None):
            if self._paragraph is None:
                self._paragraph = etree.Element("Paragraphe")
            _append(self._paragraph, text)

    def _end_paragraph(self) -> None:
        if self._paragraph is not None and text_of(self._paragraph).strip():
            self._here.append(self._paragraph)
        self._paragraph = None

    @property
    def _here(self) -> etree._Element:
        return self._chapters[-1][1]

    def _heading(self, element: lxml_html.HtmlElement) -> None:
        """Writes a chapter, up to the next heading of its rank or a higher one."""
        title, level = _line(element), _HEADINGS[str(element.tag)]
        if self._here.tag in ("Item", "Cellule"):  # of a card, or bold print
            _add_inline(etree.SubElement(self._here, "Paragraphe"), element, bold=element.find(".//a") is None)
            return
        if not title:
            return
        while len(self._chapters) > 1 and self._chapters[-1][0] >= level:
            self._chapters.pop()
        self._chapters.append((level, _chapter(self._here, title)))

    def _accordion(self, element: lxml_html.HtmlElement) -> None:
        """Writes a chapter that ends with its box; what follows is outside."""
        headings = [one for one in element if one.tag in _HEADINGS or one.tag == "button"]
        title = _line(headings[0]) if headings else ""
        if _TRANSCRIPT.search(title) or LEGAL.match(title):
            return
        for one in headings[:1]:
            one.drop_tree()
        chapter = _chapter(self._here, title) if title else self._here
        _Writer(chapter, self._chapters[-1][0] + 1, self._depth).write(element)

    def _box(self, element: lxml_html.HtmlElement) -> None:
        box = etree.Element("ASavoir")
        _Writer(box, 1, self._depth).write(element)
        title = _take_title(box)
        if len(box) and not LEGAL.match(title):
            if title:
                box.insert(0, etree.Element("Titre"))
                box[0].text = title
            box.tag = "Attention" if _WARNING.match(title) else box.tag
            self._here.append(box)

    def _list(self, element: lxml_html.HtmlElement, kind: str) -> None:
        found = etree.SubElement(self._here, "Liste", type=kind)
        for child in element:
            if not isinstance(child.tag, str):
                continue
            if child.tag == "li":
                _Writer(etree.SubElement(found, "Item"), 1, self._depth).write(child)
            elif child.tag in _LISTS and len(found):  # a list next to the item that it belongs to
                _Writer(found[-1], 1, self._depth)._child(child)

    def _table(self, element: lxml_html.HtmlElement) -> None:
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if max(map(len, cells), default=0) < 2:  # a frame around a text
            for row in cells:
                for cell in row:
                    self._children(cell)
                    self._end_paragraph()
            return
        table = etree.SubElement(self._here, "Tableau")
        caption = element.find("caption")
        if caption is not None and (title := _line(caption)):
            etree.SubElement(table, "Titre").text = title
        for number, row in enumerate(cells):
            head = rows[number].getparent().tag == "thead" or (number == 0 and _is_head(row))
            line = etree.SubElement(table, "Rangée", type="header" if head else "normal")
            for cell in row:
                spans = {"fusionHorizontale": cell.get("colspan", "1"), "fusionVerticale": cell.get("rowspan", "1")}
                _Writer(etree.SubElement(line, "Cellule", spans), 1, self._depth).write(cell)


def _is_head(row: list[lxml_html.HtmlElement]) -> bool:
    """Decides whether all cells of a first row are headings or bold, or the first is empty, as in a corner."""
    if len(row) > 2 and not _line(row[0]):
        return True
    return all(
        cell.tag == "th" or _line(cell) == tidy(repaired(" ".join(one.text_content() for one in cell.iter("strong", "b"))))
        for cell in row
    )


def _take_title(box: etree._Element) -> str:
    """Removes the title of a box and returns it: its first heading, or "À savoir" in bold at its start."""
    first = box[0] if len(box) else None
    if first is None:
        return ""
    if first.tag == "Chapitre":
        heading = str(first[0].text or "")
        for place, child in enumerate(list(first)[1:]):
            box.insert(place, child)
        box.remove(first)
        return heading.rstrip(_MARKS)
    bold = list(_leading_bold(first))
    title = tidy("".join(str(text) for one in bold for text in one.itertext()))
    if first.tag != "Paragraphe" or not bold or not _NAMED.match(title):
        return ""
    first.text = (bold[-1].tail or "").lstrip(_MARKS)
    for one in bold:
        one.tail = None
        first.remove(one)
    if not text_of(first).strip():
        box.remove(first)
    return title.rstrip(_MARKS)


def _leading_bold(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Yields the bold elements with which a paragraph begins."""
    if not (paragraph.text or "").strip():
        for child in paragraph:
            if child.tag != "MiseEnEvidence":
                return
            yield child
            if (child.tail or "").strip():
                return


def _chapter(parent: etree._Element, title: str) -> etree._Element:
    chapter = etree.SubElement(parent, "Chapitre")
    etree.SubElement(chapter, "Titre").text = title
    return chapter


def _add_inline(parent: etree._Element, element: lxml_html.HtmlElement, *, bold: bool = False) -> None:
    """Adds an inline element to the tree. Blocks inside it become text, with a space at each end."""
    tag = str(element.tag)
    if set((element.get("class") or "").split()) & _LEFT_OUT or tag in ("img", "script", "style", "svg", "iframe", "button"):
        return
    own = etree.SubElement(parent, "MiseEnEvidence") if bold else parent
    if tag in _INLINE:
        own = etree.SubElement(parent, _INLINE[tag])
        if tag == "a" and (address := url(_address(element.get("href") or ""))):
            own.set("URL", address)
    gap = "" if tag in _INLINE or tag in _PLAIN_INLINE else " "
    _append(own, gap + (element.text or ""))
    for child in element:
        if isinstance(child.tag, str):
            _add_inline(own, child)
        _append(own, child.tail or "")
    _append(own, gap)


def _address(address: str) -> str:
    return address.replace("_@", "@") if address.startswith("mailto:") else address


def _append(element: etree._Element, text: str) -> None:
    append_text(element, repaired(re.sub(r"\s+", " ", text.replace("\u00a0", " "))))


def _line(element: lxml_html.HtmlElement) -> str:
    """Returns all text of an element on one line."""
    return tidy(repaired(re.sub(r"\s+", " ", element.text_content().replace("\u00a0", " "))))
