"""One page of the ministry → one entry."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from lxml import etree

from core.entry import Entry, Link
from core.text.markdown import plain
from knowledge_base.entries import markdown
from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.service_public.blocks import blocks, flat
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.inline import heading
from knowledge_base.sources.travail_emploi.package import Page
from knowledge_base.sources.travail_emploi.text_repair import repaired
from knowledge_base.sources.travail_emploi.tree import LEGAL, add_html

COLLECTION = "travail-emploi"
SOURCE = "Ministère du Travail"
THEME = ("Travail",)

_SERVICES = re.compile(r"(?:services? en ligne|modèles? de documents?|simulateurs?)\b", re.IGNORECASE)
_WORD = re.compile(r"\w")
_ASIDE = re.compile(r"\([^()]*\)")  # after a link: the site that it leads to
_BULLET = re.compile(r"^\s*(?:-|\d+\.)\s+", re.MULTILINE)
_FRAGMENT_WORDS = 8
_WHOLE = "Contenu"  # the package's name for a page without sections


def entry_id(page: str) -> str:
    """Returns the id of the entry of page ``page`` ("article375542"), with a prefix that no other source uses."""
    return "TE" + re.sub(r"\W", "", page.removeprefix("article"))


def entry(page: Page, entries: Mapping[str, str]) -> Entry:
    """Returns the entry of ``page``; ``entries`` maps addresses to the ids of entries. Raises ``InvalidSource``."""
    title = markdown.tidy(repaired(page.title))
    if not title or not markdown.url(page.url):
        raise InvalidSource(*sentence("ministry_page_without_title", page=page.id))
    context = Context("particuliers", {})
    introduction = etree.Element("Texte")
    add_html(introduction, page.intro)
    _unlist(introduction)
    opening = flat(blocks(introduction, context))
    root, anchors = _body(page, title)
    links = _take_links(root, entries, entry_id(page.id), context)
    return Entry(
        id=entry_id(page.id),
        collection=COLLECTION,
        title=title,
        description=markdown.paragraph(" ".join(_BULLET.sub("", plain(opening, links=False)).split())),
        introduction=opening,
        body=blocks(root, context),
        theme=THEME,
        source=SOURCE,
        urls={"": page.url},
        anchors=anchors,
        verified_on=page.changed_on,
        **links,
    )


def _unlist(introduction: etree._Element) -> None:
    """Turns a list into paragraphs if it is the whole introduction: the ministry puts a dash before each sentence."""
    if len(introduction) == 1 and introduction[0].tag == "Chapitre":  # "L'essentiel"
        chapter = introduction[0]
        introduction.extend(list(chapter)[1:])
        introduction.remove(chapter)
    if len(introduction) == 1 and introduction[0].tag == "Liste":
        found = introduction[0]
        introduction.extend([child for item in found for child in item])
        introduction.remove(found)


def _body(page: Page, title: str) -> tuple[etree._Element, dict[str, str]]:
    """Returns the tree of all sections, and the fragment of the page's address at which each begins."""
    root = etree.Element("Texte")
    anchors: dict[str, str] = {}
    for section in page.sections:
        name = markdown.tidy(repaired(section.title.replace(markdown.NBSP, " ")))
        if not section.anchor or name in (title, _WHOLE):  # the text before the first heading has the page's title
            add_html(root, section.html)
            continue
        chapter = etree.SubElement(root, "Chapitre")
        etree.SubElement(chapter, "Titre").text = name
        add_html(chapter, section.html, level=2)
        anchors.setdefault(name, f"{section.anchor}:~:text={_quoted(name)}")
    return root, anchors


def _quoted(name: str) -> str:
    """Returns the first words of a heading as a text fragment, which browsers use if the page has no such anchor."""
    words = re.split(rf"[{markdown.NBSP}.,«»]", name)[0].split()[:_FRAGMENT_WORDS]
    return quote(" ".join(words), safe="").replace("-", "%2D")


def _take_links(root: etree._Element, entries: Mapping[str, str], own: str, context: Context) -> dict[str, tuple[Link, ...]]:
    """Removes chapters that hold only links. Returns their links: services and related pages, each once."""
    services: dict[str, Link] = {}
    related: dict[str, Link] = {}
    for chapter in root.findall(".//Chapitre"):
        title = heading(chapter.find("Titre"), context)
        if LEGAL.match(title):
            _remove(chapter)
        elif _is_links_only(chapter):
            for link in chapter.iter("LienExterne"):
                name, address = heading(link, context), link.get("URL", "")
                target = entries.get(address, "")
                if not name or not address or target == own:
                    continue
                if _SERVICES.match(title):
                    services.setdefault(address, Link(title=name, url=address))
                elif target:
                    related.setdefault(target, Link(title=name, entry=target))
                else:
                    related.setdefault(address, Link(title=name, url=address))
            _remove(chapter)
    return {"services": tuple(services.values()), "related": tuple(related.values())}


def _is_links_only(chapter: etree._Element) -> bool:
    """Decides whether ``chapter``, without its title, consists of links only, and has at least one."""
    has_link = chapter.find(".//LienExterne") is not None
    return has_link and not any(_WORD.search(_ASIDE.sub("", text)) for text in _loose(chapter))


def _loose(element: etree._Element) -> Iterable[str]:
    if element.tag not in ("LienExterne", "Titre"):
        yield element.text or ""
        for child in element:
            yield from _loose(child)
    yield element.tail or ""


def _remove(chapter: etree._Element) -> None:
    parent = chapter.getparent()
    if parent is not None:
        parent.remove(chapter)
