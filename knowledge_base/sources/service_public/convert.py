"""One page (``Publication``) → one entry."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from lxml import etree

from core.entry import Block, Entry, TextBlock
from knowledge_base.entries import markdown
from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.additions import AnsweredQuestions, Openings, Wordings
from knowledge_base.sources.service_public.blocks import blocks, flat, merged
from knowledge_base.sources.service_public.context import Context, page_url
from knowledge_base.sources.service_public.inline import heading
from knowledge_base.sources.service_public.links import related, services
from knowledge_base.sources.service_public.tree import DC

COLLECTION = "service-public"
OPENINGS = Openings(Path(__file__).with_name("openings.jsonl"))
QUESTIONS = AnsweredQuestions(Path(__file__).with_name("questions.jsonl"))
WORDINGS = Wordings(Path(__file__).with_name("wordings"))
SOURCE = "service-public.fr"

# Read by another function below, or of no use to citizens: legal texts, navigation of the site.
_ELSEWHERE = frozenset(
    (
        *("Introduction", "OuSAdresser", "Definition", "Abreviation", "ServiceEnLigne", "PourEnSavoirPlus"),
        *("VoirAussi", "QuestionReponse", "CommentFaireSi", "RechercheGuidee", "Reference", "SurTitre", "Audience"),
        *("Canal", "Cible", "FilDAriane", "Theme", "SousThemePere", "DossierPere", "SousDossierPere"),
    )
)


def entry(root: etree._Element, context: Context) -> Entry:
    """Returns the entry of a page for one audience; ``root`` is consumed. Raises ``InvalidSource`` without an id or a title."""
    page, title = root.get("ID", ""), _title(root)
    if root.tag != "Publication" or not page or not title:
        raise InvalidSource(*sentence("page_without_title", page=page or root.tag))
    # Read while the tree is complete: the conversion of blocks removes parts of it.
    links = {"services": services(root, context), "related": related(root, context)}
    definitions = _gathered([*root.findall("Definition"), *root.findall("Abreviation")])
    closing = [*_contacts(root, context), *blocks(definitions, context)]
    introduction = [block for part in root.findall("Introduction") for block in blocks(part, context)]
    opening = flat(introduction) if all(_is_plain(block) for block in introduction) else ""
    body = [*([] if opening else introduction), *_body(root, context), *closing]
    return Entry(
        id=page,
        collection=COLLECTION,
        title=title,
        wordings=WORDINGS.of(page),
        description=markdown.paragraph(_without_stars(root.findtext(f"{DC}description"))),
        introduction=opening,
        opening=OPENINGS.of(page),
        questions=QUESTIONS.of(page),
        body=WORDINGS.worded(page, merged(body)),
        theme=_theme(root, context),
        audiences=(context.audience,),
        keywords=_keywords(root, context),
        source=SOURCE,
        urls={context.audience: root.get("spUrl") or page_url(page, context.audience)},
        verified_on=_verified_on(root),
        **links,
    )


def _title(root: etree._Element) -> str:
    return markdown.tidy(_without_stars(root.findtext(f"{DC}title")))


def _without_stars(text: str | None) -> str:
    """Returns ``text`` without the stars that editors put before the titles of some guided searches."""
    return (text or "").lstrip("* ")


def _is_plain(block: Block) -> bool:
    return isinstance(block, TextBlock) and block.role == "plain"


def _body(root: etree._Element, context: Context) -> tuple[Block, ...]:
    """Returns everything else in reading order. The converter of blocks counts unknown elements and keeps their text."""
    rest = [child for child in root if child.tag not in _ELSEWHERE and not str(child.tag).startswith(DC)]
    return blocks(_gathered(rest), context)


def _gathered(elements: Iterable[etree._Element]) -> etree._Element:
    parent = etree.Element("Texte")
    parent.extend(list(elements))
    return parent


def _contacts(root: etree._Element, context: Context) -> tuple[Block, ...]:
    """Returns the contacts of the page. One that a section names already is repeated only if it states its purpose."""
    named = {contact.get("ID") for contact in root.iter("OuSAdresser") if contact.getparent() is not root}
    whole = root.findall("OuSAdresser")
    new = [contact for contact in whole if contact.get("ID") not in named or contact.find("Complement") is not None]
    return blocks(_gathered(new), context)


def _theme(root: etree._Element, context: Context) -> tuple[str, ...]:
    """Returns the breadcrumb, without the site's front page and the page itself."""
    steps = [(step.get("ID"), heading(step, context)) for step in root.iterfind("FilDAriane/Niveau")]
    return tuple(name for page, name in steps[1:] if name and page != root.get("ID"))


def _keywords(root: etree._Element, context: Context) -> tuple[str, ...]:
    """Returns the names under which the page is filed: sub-theme, section of the dossier, short title, audience."""
    page = root.get("ID")
    short = [heading(item, context) for item in root.iterfind("DossierPere//Fiche") if item.get("ID") == page]
    filed = [heading(root.find(tag), context) for tag in ("SousThemePere", "SousDossierPere")]
    meant = [name.strip() for target in root.findall("Cible") for name in heading(target, context).split(",")]
    return tuple(dict.fromkeys(name for name in [*filed, *short, *meant] if name and name != _title(root)))


def _verified_on(root: etree._Element) -> date | None:
    found = re.search(r"\d{4}-\d{2}-\d{2}", markdown.tidy(root.findtext(f"{DC}date") or ""))
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:  # "2020-02-30": no date is better than a wrong one
        return None
