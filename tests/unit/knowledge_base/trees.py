"""Miniature pages in the vocabulary of service-public's files, as the npm package's JSON and as official XML."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from lxml import etree

from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.tree import from_json

type Node = dict[str, Any]

_NAMESPACES = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def node(tag: str, *children: Node | str, **attributes: str) -> Node:
    """An element of the package's JSON; strings are its texts."""
    found = [{"type": "text", "text": child} if isinstance(child, str) else child for child in children]
    return {"type": "element", "name": tag, "attributes": attributes, "children": found}


def paragraph(*children: Node | str) -> Node:
    return node("Paragraphe", *children)


def bullets(*items: str) -> Node:
    return node("Liste", *(node("Item", paragraph(item)) for item in items), type="puce")


def chapter(title: str, *children: Node) -> Node:
    return node("Chapitre", node("Titre", paragraph(title)), *children)


def case(label: str, *children: Node) -> Node:
    return node("Cas", node("Titre", label), *children)


def publication(page: str, *children: Node, title: str = "Un titre", audience: str = "Particuliers", path: str = "") -> Node:
    """A whole page; ``path`` is the audience's part of its address, if it is not that of ``audience``."""
    shown = path or {"Professionnels": "professionnels-entreprises"}.get(audience, audience.lower())
    return node(
        "Publication",
        node("dc:title", title),
        node("dc:description", "Ce que dit la page."),
        node("dc:date", "modified 2020-06-16"),
        node("Audience", audience),
        node(
            "FilDAriane",
            node("Niveau", "Accueil", ID=audience),
            node("Niveau", "Papiers", ID="N1"),
            node("Niveau", "Élections", ID="N2"),
            node("Niveau", title, ID=page),
        ),
        *children,
        ID=page,
        type="Fiche d'information",
        spUrl=f"https://www.service-public.fr/{shown}/vosdroits/{page}",
    )


def element(tree: Node) -> etree._Element:
    """``tree`` as the importer reads it from the package."""
    return from_json({"id": "F1", "children": [tree]}, "F1.json")


def context(titles: Mapping[str, str] | None = None, audience: str = "particuliers") -> Context:
    return Context(audience, titles or {})


def xml(tree: Node) -> str:
    """``tree`` as official XML, element by element."""
    name, children = tree["name"], tree.get("children", [])
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in tree.get("attributes", {}).items())
    inside = "".join(escape(child["text"], quote=False) if child["type"] == "text" else xml(child) for child in children)
    return f"<{name}{_NAMESPACES if name == 'Publication' else ''}{attributes}>{inside}</{name}>"


def write_archive(path: Path, pages: Iterable[Node]) -> Path:
    """A zip as the official one: a file a page, and files that are no pages of the F kind."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in pages:
            archive.writestr(f"{page['attributes']['ID']}.xml", "<?xml version='1.0' encoding='UTF-8'?>" + xml(page))
        archive.writestr("N1.xml", "<Publication ID='N1'/>")
        archive.writestr("arborescence.xml", "<Arborescence/>")
    return path


type Editions = Mapping[str, Sequence[Node]]


def write_package(path: Path, editions: Editions, *, leftovers: Editions | None = None) -> Path:
    """The npm package with ``editions`` (audience → live pages); ``leftovers`` are files that no index lists."""
    files: dict[str, Any] = {"package/package.json": {}}
    summary = []
    for audience in ("particuliers", "professionnels", "associations"):
        pages = editions.get(audience, ())
        files[f"package/data/{audience}/index.json"] = ["R1", *(page["attributes"]["ID"] for page in pages)]
        files[f"package/data/{audience}/R1.json"] = {"id": "R1", "children": []}
        for page in (*pages, *(leftovers or {}).get(audience, ())):
            name = page["attributes"]["ID"]
            files[f"package/data/{audience}/{name}.json"] = {"id": name, "children": [page]}
        summary += [{"id": page["attributes"]["ID"], "title": page["children"][0]["children"][0]["text"]} for page in pages]
    files["package/data/index.json"] = summary
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
