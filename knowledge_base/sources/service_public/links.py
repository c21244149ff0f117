"""Contacts, online services and related pages."""

from collections.abc import Iterator

from lxml import etree

from core.entry import Link
from knowledge_base.entries import markdown
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.inline import heading


def contact(element: etree._Element, context: Context, details: list[str]) -> str:
    """Returns an ``OuSAdresser`` as a paragraph (a list item would join a preceding list). ``details`` (lines of Markdown with
    telephone, address …) are listed under it.
    """
    where = element.find("RessourceWeb")
    name = markdown.link(heading(element.find("Titre"), context), "" if where is None else where.get("URL", ""))
    purpose = markdown.escape(heading(element.find("Complement"), context))
    return _listed(f"{name} ({purpose})" if purpose else name, details)


def service(element: etree._Element, context: Context, details: list[str]) -> str:
    """Returns a ``ServiceEnLigne`` as a paragraph; ``details`` (purpose, annexes, notices) are listed under it."""
    name = markdown.link(heading(element.find("Titre"), context), _service_url(element, context))
    number = element.get("numerocerfa", "").strip()
    return _listed(f"{name} (cerfa n°{markdown.NBSP}{markdown.escape(number)})" if number else name, details)


def annexe(element: etree._Element, context: Context) -> str:
    """Returns the link of a ``ServiceEnLigneAnnexe`` or a ``NoticeLiee``."""
    title, target = element.find("Titre"), element.find("LienWeb")
    return markdown.link(
        heading(element if title is None else title, context), (element if target is None else target).get("URL", "")
    )


def services(root: etree._Element, context: Context) -> tuple[Link, ...]:
    """Returns all online services and forms of a page in reading order, each once. A title includes the form's number."""
    found: dict[str, Link] = {}
    for element in root.iter("ServiceEnLigne"):
        title, url = heading(element.find("Titre"), context), markdown.url(_service_url(element, context))
        number = element.get("numerocerfa", "").strip()
        if title and url:
            found.setdefault(url, Link(title=f"{title} (cerfa n°{markdown.NBSP}{number})" if number else title, url=url))
    return tuple(found.values())


def related(root: etree._Element, context: Context) -> tuple[Link, ...]:
    """Returns related pages, each once: important ones, questions, life events, other pages, further reading."""
    own = root.get("ID")
    found: dict[str, Link] = {}
    for page, title, audience in _related_pages(root, context):
        if page != own and title:
            known = page in context.titles
            target = Link(title=title, entry=page) if known else Link(title=title, url=context.address(page, audience))
            found.setdefault(page, target)
    for element in root.findall("PourEnSavoirPlus"):
        title, url = heading(element.find("Titre"), context), markdown.url(element.get("URL", ""))
        if title and url:
            found.setdefault(url, Link(title=title, url=url))
    return tuple(found.values())


def _related_pages(root: etree._Element, context: Context) -> Iterator[tuple[str, str, str | None]]:
    see_also = [page for block in root.findall("VoirAussi") for page in block]
    important = [page for page in see_also if _is_important(page)]
    questions = [*root.findall("QuestionReponse"), *root.findall("CommentFaireSi")]
    others = [page for page in see_also if not _is_important(page)]
    for element in [*important, *questions, *others, *root.findall("RechercheGuidee")]:
        title = element.find("Titre")
        yield element.get("ID", ""), heading(element if title is None else title, context), element.get("audience")


def _is_important(page: etree._Element) -> bool:
    parent = page.getparent()
    return parent is not None and parent.get("important") == "oui"


def _service_url(element: etree._Element, context: Context) -> str:
    """Returns the address of a service. Letter templates have none of their own: the site shows each on a page."""
    return element.get("URL", "").strip() or context.address(element.get("ID", ""))


def _listed(head: str, lines: list[str]) -> str:
    return "\n\n".join(filter(None, [markdown.guard(head), "\n".join(markdown.item(text) for text in lines if text)]))
