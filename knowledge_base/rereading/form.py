"""Decides whether a source still has the form that it had: a reading that looks damaged is refused. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set

from core.entry import Block, Cases, Chapter, Entry, TextBlock
from knowledge_base.errors import ImportRefused

_TENTH = 10
_FEW = 10  # entries; of what fewer have, one more or less says nothing
_ENTRIES, _TEXT = "entries", "text"
_MOST_TIMES = {_ENTRIES: 2, _TEXT: 3}  # a source that has grown by more is another one
_FIELDS = ("description", "introduction", "theme", "audiences", "urls", "verified_on", "related", "services")
_NAMES: Mapping[str, tuple[str, str]] = {
    _ENTRIES: ("fiches", "entries"),
    _TEXT: ("caractères de texte", "characters of text"),
    "chapters": ("fiches avec des titres", "entries with headings"),
    "cases": ("fiches avec des cas", "entries with cases"),
    "tables": ("fiches avec un tableau", "entries with a table"),
    "links": ("fiches avec un lien dans le texte", "entries with a link in the text"),
    "description": ("fiches avec un résumé", "entries with a summary"),
    "introduction": ("fiches avec une introduction", "entries with an introduction"),
    "theme": ("fiches avec un thème", "entries with a theme"),
    "audiences": ("fiches avec un public", "entries with an audience"),
    "urls": ("fiches avec une adresse", "entries with an address"),
    "verified_on": ("fiches avec une date de vérification", "entries with a day of verification"),
    "related": ("fiches avec des fiches liées", "entries with related entries"),
    "services": ("fiches avec des démarches", "entries with services"),
}


def form_of(entries: Iterable[Entry]) -> Counter[str]:
    """Returns what a reading consists of: its entries, its text, and how many entries have each feature."""
    found: Counter[str] = Counter()
    for entry in entries:
        features = {name for name in _FIELDS if getattr(entry, name)}
        found[_TEXT] += len(entry.description) + len(entry.introduction) + _read(entry.body, features)
        found[_ENTRIES] += 1
        found.update(features)
    return found


def _read(body: Iterable[Block], features: set[str]) -> int:
    """Returns the characters of ``body``, and adds what it consists of to ``features``."""
    characters = 0
    for block in body:
        match block:
            case TextBlock():
                features |= {name for name, mark in (("tables", "\n|"), ("links", "](")) if mark in f"\n{block.markdown}"}
                characters += len(block.markdown)
            case Chapter():
                features.add("chapters")
                characters += _read(block.body, features)
            case Cases():
                features.add("cases")
                characters += sum(_read(case.body, features) for case in block.cases)
    return characters


def refuse_changed_form(before: Mapping[str, int], after: Mapping[str, int], missing: Set[str]) -> None:
    """Raises ``ImportRefused`` if a reading lacks more than a tenth of anything that the one before had, or is far larger.

    ``missing``: the ids of entries of the reading before that this one lacks. Without a reading before, any is accepted.
    """
    if not before.get(_ENTRIES):
        return
    if len(missing) * _TENTH > before[_ENTRIES]:
        raise _refused(
            f"{len(missing)} de ses {before[_ENTRIES]} fiches n'y sont plus",
            f"{len(missing)} of its {before[_ENTRIES]} entries are missing",
        )
    for name, (fr, en) in _NAMES.items():
        was, is_now = before.get(name, 0), after.get(name, 0)
        fell = was >= _FEW and is_now * _TENTH < was * (_TENTH - 1)
        grew = is_now > was * _MOST_TIMES.get(name, 1) + _FEW and name in _MOST_TIMES
        if fell or grew:
            raise _refused(f"{fr} : {is_now}, contre {was} avant", f"{en}: {is_now}, against {was} before")


def _refused(fr: str, en: str) -> ImportRefused:
    return ImportRefused(
        f"La source a changé de forme ({fr}). Rien n'est importé, les fiches d'avant restent : vérifiez la source ; si "
        "elle est bonne, demandez de la lire quand même.",
        f"The source has changed its form ({en}). Nothing is imported, the entries from before stay: check the source; if it "
        "is right, ask to read it all the same.",
    )
