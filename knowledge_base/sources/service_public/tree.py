"""One element tree for both forms of a page: the package's JSON (an XML tree, node by node) and the official XML."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.service_public.gaps import needs_gap

DC = "{http://purl.org/dc/elements/1.1/}"
INLINE = frozenset(
    (
        *("LienInterne", "LienIntra", "LienExterne", "MiseEnEvidence", "Expression", "Citation"),
        *("TermeEtranger", "Exposant", "Indice", "Valeur", "Variable"),
    )
)
_MIXED = INLINE | {"Paragraphe"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def from_xml(content: bytes, name: str) -> etree._Element:
    """Returns the root of an XML file. Nothing is fetched, and a document that declares entities is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidSource(*sentence("xml_malformed", name=name, error=error)) from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise InvalidSource(*sentence("xml_entities", name=name))
    return root


def from_json(document: Mapping[str, Any], name: str) -> etree._Element:
    """Returns the root element of a file of the package, with the white space restored that the package lost."""
    try:
        (top,) = document["children"]
        return _element(top)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidSource(*sentence("page_unexpected", name=name, error=error)) from error


def _element(node: Mapping[str, Any]) -> etree._Element:
    element = etree.Element(_tag(node["name"]))
    for key, value in node.get("attributes", {}).items():
        if ":" not in key:  # xmlns:dc and xsi:…: the tags already include this information
            element.set(key, _text(value))
    children: Sequence[Mapping[str, Any]] = node.get("children", ())
    mixed = node["name"] in _MIXED or any(child["type"] == "text" and child["text"].strip() for child in children)
    lost_spaces = _LostSpaces()
    for child in children:
        if child["type"] == "text":
            text = _text(child["text"])
            append_text(element, " " + text if mixed and lost_spaces.lost_before_text(text) else text)
        elif child["type"] == "element":
            below = _element(child)
            if mixed and lost_spaces.lost_before(below):
                append_text(element, " ")
            element.append(below)
    return element


class _LostSpaces:
    """Follows the children of a mixed element: between two elements the package lost the white space. Elements without text are
    ignored, so only the text before and after them counts.
    """

    def __init__(self) -> None:
        self._left, self._tag, self._target = "", "", ""
        self._after_element = self._between_elements = False

    def lost_before(self, element: etree._Element) -> bool:
        self._between_elements |= self._after_element
        self._after_element = True
        return self._lost(text_of(element), str(element.tag), element.get("LienPublication", ""))

    def lost_before_text(self, text: str) -> bool:
        self._after_element = False
        return self._lost(text, "", "")

    def _lost(self, right: str, tag: str, target: str) -> bool:
        if not right:
            return False
        same_target = bool(target) and target == self._target
        lost = self._between_elements and needs_gap(
            self._left, right, left_tag=self._tag, right_tag=tag, same_target=same_target
        )
        self._left, self._tag, self._target, self._between_elements = right, tag, target, False
        return lost


def append_text(element: etree._Element, text: str) -> None:
    """Adds ``text`` after everything inside ``element``."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _tag(name: str) -> str:
    return DC + name[3:] if name.startswith("dc:") else name


def _text(text: str) -> str:
    return _NOT_XML.sub("", text)


def text_of(element: etree._Element) -> str:
    """Returns all text inside ``element``, unchanged."""
    return "".join(str(text) for text in element.itertext())
