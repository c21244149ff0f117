"""Block elements → the blocks of an entry: text, chapters, and the tree of cases."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from lxml import etree

from core.entry import Block, Case, Cases, Chapter, TextBlock
from knowledge_base.entries import markdown
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.inline import heading, line
from knowledge_base.sources.service_public.links import annexe, contact, service
from knowledge_base.sources.service_public.tables import cell_line, table
from knowledge_base.sources.service_public.tree import INLINE

type Role = Literal["plain", "warning", "tip", "definition"]

_BOXES: dict[str, Role] = {"ASavoir": "tip", "ANoter": "tip", "Rappel": "tip", "Aide": "tip", "Attention": "warning"}
_BOXES |= {"Avertissement": "warning", "Definition": "definition", "Abreviation": "definition"}
_BULLET = re.compile(r"^[•▪-]\s+(?=[^\W\d])")  # a list typed by an editor, paragraph by paragraph
_FORKS = {"BlocCas": "Cas", "ListeSituations": "Situation", "Problematiques": "Problematique"}
_CHAPTERS = frozenset({"Chapitre", "SousChapitre"})
_TRANSPARENT = frozenset({"Texte", "Introduction", "FragmentConditionne", "ContenuIllustre", "Contenu", "Description"})
# Conditions are for the site's questionnaires. Their content is shown to all, as the site does for people who answer none.
_SKIPPED = frozenset(
    (
        *("Titre", "TitreAlternatif", "Condition", "SiSelectionne", "Questionnaire", "Illustration"),
        *("Credits", "Reference", "Source", "Colonne", "Resume"),
    )
)


def blocks(parent: etree._Element, context: Context) -> tuple[Block, ...]:
    """Returns the children of ``parent`` as blocks; consecutive plain texts form one block."""
    return merged(_blocks(parent, context))


def merged(found: Iterable[Block]) -> tuple[Block, ...]:
    """Returns ``found`` without empty blocks, and with neighbouring plain texts joined."""
    result: list[Block] = []
    for block in found:
        last = result[-1] if result else None
        if isinstance(block, TextBlock):
            if not block.markdown.strip():
                continue
            if isinstance(last, TextBlock) and last.role == block.role == "plain":
                between = "\n" if _is_list(last.markdown) and block.markdown.startswith("- ") else "\n\n"
                result[-1] = TextBlock(markdown=last.markdown + between + block.markdown)
                continue
        result.append(block)
    return tuple(result)


def _is_list(text: str) -> bool:
    return text.rsplit("\n\n", 1)[-1].startswith("- ")


def _blocks(parent: etree._Element, context: Context) -> Iterator[Block]:
    if parent.text and parent.text.strip():
        yield TextBlock(markdown=markdown.paragraph(parent.text))
    for child in parent:
        yield from _block(child, context)
        if child.tail and child.tail.strip():
            yield TextBlock(markdown=markdown.paragraph(child.tail))


def _block(child: etree._Element, context: Context) -> Iterator[Block]:  # noqa: PLR0912 - one case an element, in one place
    match str(child.tag):
        case "Paragraphe":
            yield TextBlock(markdown=_paragraph(child, context))
        case "Liste":
            yield TextBlock(markdown=_list(child, context))
        case "Tableau":
            yield TextBlock(markdown=_table(child, context))
        case "Chapitre" | "SousChapitre":
            yield from _chapter(heading(child.find("Titre"), context), blocks(child, context))
        case "OuSAdresser":
            yield TextBlock(markdown=contact(child, context, _details(child, context)))
        case "ServiceEnLigne":
            yield TextBlock(markdown=service(child, context, _service_details(child, context)))
        case "LienInterne":  # alone in a branch of a guided search: the page that the branch leads to
            page = child.get("LienPublication", "")
            label = heading(child, context) or context.titles.get(page, "")
            target = markdown.link(label, context.address(page, child.get("audience")))
            yield TextBlock(markdown=f"- {target}" if target else "")
        case "LienExterneCommente":
            yield TextBlock(markdown=_commented_link(child, context))
        case "Image":
            yield from _image(child, context)
        case tag if tag in _FORKS:
            yield from _fork([_case(case, context) for case in child.findall(_FORKS[tag])], guided=tag == "Problematiques")
            yield from (block for other in child if other.tag != _FORKS[tag] for block in _block(other, context))
        case tag if tag in _BOXES:
            yield _box(child, context)
        case tag if tag in _TRANSPARENT:
            yield from _blocks(child, context)
        case tag if tag in _SKIPPED:
            return
        case tag:
            if tag not in INLINE:
                context.unknown[tag] += 1
            if any(grandchild.tag not in INLINE for grandchild in child):
                yield from _blocks(child, context)
            else:
                yield TextBlock(markdown=markdown.guard(line(child, context)))


def _paragraph(element: etree._Element, context: Context) -> str:
    text = line(element, context)
    typed = _BULLET.match(text)
    return markdown.guard(text) if typed is None else markdown.item(text[typed.end() :])


def _chapter(title: str, body: tuple[Block, ...]) -> Iterator[Block]:
    if title and body:
        yield Chapter(heading=title, body=body)
    else:
        yield from body


def _case(element: etree._Element, context: Context) -> Case:
    """Returns one case of a fork. In a guided search, branches that all lead to one page do not change the answer: they are
    replaced by that page.
    """
    branches = element.findall("Branche")
    targets = list(element.iter("LienInterne")) if branches else []
    for branch in branches:
        element.remove(branch)
    if targets and len({target.get("LienPublication") for target in targets}) == 1:
        element.append(targets[0])
        branches = []
    body = [*blocks(element, context), *_fork([_case(branch, context) for branch in branches], guided=True)]
    return Case(label=heading(element.find("Titre"), context), body=merged(body))


def _fork(cases: list[Case], *, guided: bool = False) -> Iterator[Block]:
    """Yields a fork, or a chapter if there is one case only. Cases without content are left out. In a ``guided`` search, where
    the content is the linked pages, cases that lead to the same pages form no fork either.
    """
    full = [case for case in cases if case.body]
    if guided and full and all(case.body == full[0].body for case in full):
        yield from full[0].body
    elif len(full) == 1 or any(not case.label for case in full):
        for case in full:
            yield from _chapter(case.label, case.body)
    elif full:
        yield Cases(cases=tuple(full))


def _box(element: etree._Element, context: Context) -> TextBlock:
    title = heading(element.find("Titre"), context)
    role: Role = "definition" if title.startswith("Définition") else _BOXES[str(element.tag)]
    return TextBlock(markdown=markdown.labelled(title, flat(blocks(element, context))), role=role)


def _list(element: etree._Element, context: Context) -> str:
    numbered = element.get("type") == "numero"
    contents = [content for entry in element if entry.tag == "Item" if (content := flat(blocks(entry, context)))]
    return "\n".join(
        markdown.item(content, f"{number}. " if numbered else "- ") for number, content in enumerate(contents, start=1)
    )


def _table(element: etree._Element, context: Context) -> str:
    grid = table(element, lambda cell: cell_line(_lines(cell, context)))
    title = heading(element.find("Titre"), context)
    return f"**{markdown.escape(title)}**\n\n{grid}" if title and grid else grid


def _lines(parent: etree._Element, context: Context) -> list[str]:
    """Returns the lines of ``parent``, one for each paragraph and list item; the title of a chapter comes before its lines."""
    found: list[str] = []
    for child in parent:
        match str(child.tag):
            case "Paragraphe":
                found.append(line(child, context))
            case "Liste" | "Item" | "Texte" | "Cellule":
                found += _lines(child, context)
            case "Tableau":
                found += [markdown.in_one_line(_lines(row, context), ", ") for row in child.findall("Rangée")]
            case tag if tag in _CHAPTERS:
                content = markdown.in_one_line(_lines(child, context), ", ")
                found.append(markdown.labelled(heading(child.find("Titre"), context), content))
            case tag if tag not in _SKIPPED:
                found.append(markdown.tidy(flat(_block(child, context))))
    return [text for text in found if text]


def _details(element: etree._Element, context: Context) -> list[str]:
    """Returns the lines of a contact's ``Texte``; the lines of an address before its first chapter are joined."""
    texts = element.findall("Texte")
    loose = [line(child, context) for text in texts for child in text if child.tag == "Paragraphe"]
    for text in texts:
        for child in text.findall("Paragraphe"):
            text.remove(child)
    return [*filter(None, [markdown.in_one_line(loose, ", ")]), *(found for text in texts for found in _lines(text, context))]


def _service_details(element: etree._Element, context: Context) -> list[str]:
    """Returns the purpose of a service, then its annexes and notices, each with its own note."""
    found: list[str] = []
    for child in element:
        match str(child.tag):
            case "Introduction" | "Texte":
                found += _lines(child, context)
            case "ServiceEnLigneAnnexe":
                notes = [note for part in child.findall("Texte") for note in _lines(part, context)]
                found.append(markdown.in_one_line([annexe(child, context), *notes], f"{markdown.NBSP}: "))
                found += [annexe(notice, context) for notice in child.findall("NoticeLiee")]
            case "NoticeLiee":
                found.append(annexe(child, context))
    return found


def _commented_link(element: etree._Element, context: Context) -> str:
    target = element.find("LienExterne")
    if target is None:
        return ""
    comment = element.find("Commentaire")
    content = [] if comment is None else _lines(comment, context)
    return markdown.item("\n\n".join([markdown.link(heading(target, context), target.get("URL", "")), *content]))


def _image(element: etree._Element, context: Context) -> Iterator[Block]:
    """Yields the long description of an image, or its alternative text; the image itself cannot be shown."""
    described = [block for part in element.findall("Description") for block in _blocks(part, context)]
    yield from described or [TextBlock(markdown=markdown.paragraph(heading(element.find("TexteDeRemplacement"), context)))]


def flat(found: Iterable[Block]) -> str:
    """Returns blocks as one Markdown text, for places without chapters and cases (boxes, list items, cells)."""
    parts: list[str] = []
    for block in merged(found):
        match block:
            case TextBlock():
                parts.append(block.markdown)
            case Chapter():
                parts.append(markdown.labelled(block.heading, flat(block.body)))
            case Cases():
                parts.append("\n".join(markdown.item(markdown.labelled(case.label, flat(case.body))) for case in block.cases))
    return "\n\n".join(parts)
