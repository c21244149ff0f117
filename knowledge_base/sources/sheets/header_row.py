"""Finds the row with the names of the columns, and the field of each column, as far as its name tells."""

from collections.abc import Mapping, Sequence

from core.text.folding import unaccented
from knowledge_base.errors import Reason, WithReason

MAX_ROWS = 200_000
MAX_COLUMNS = 200
SEARCHED = 10  # rows; a title and a remark may come before the names of the columns

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "identifiant", "reference", "ref", "code", "numero"),
    "title": ("title", "titre", "question", "intitule", "objet", "sujet"),
    "text": ("text", "texte", "reponse", "answer", "contenu", "content", "corps"),
    "short_answer": ("short answer", "reponse courte", "resume", "summary"),
    "wordings": ("wordings", "formulations", "autres formulations", "variantes", "synonymes", "alternatives"),
    "theme": ("theme", "rubrique", "categorie", "category", "section"),
    "audience": ("audience", "public", "publics", "cible"),
    "keywords": ("keywords", "mots cles", "motscles", "tags", "etiquettes"),
    "url": ("url", "lien", "adresse", "link", "page"),
    "source": ("source", "origine", "service"),
    "verified_on": ("verified on", "verifie le", "date", "mise a jour", "date de mise a jour", "updated"),
    "sms_text": ("sms", "texte sms", "sms text"),
    "national_pages": ("fiches nationales", "fiche nationale", "national pages", "national page"),
}

type Line = tuple[int, tuple[str, ...]]
"""A row: its line in the file, and its cells."""


class Unreadable(WithReason):
    """A file without a readable table."""


def too_large(number: int) -> Unreadable:
    """Returns the error for a table with too many rows or columns."""
    most = f"{MAX_ROWS} lignes et {MAX_COLUMNS} colonnes au plus", f"{MAX_ROWS} rows and {MAX_COLUMNS} columns at most"
    return Unreadable(Reason(f"trop grand ({most[0]})", f"too large ({most[1]})").of_line(number))


def find_header(rows: Sequence[Line]) -> int | None:
    """Returns the place in ``rows`` of the first row that names a title and a text; ``None`` if there is none."""
    for place, (_, cells) in enumerate(rows[:SEARCHED]):
        if {"title", "text"} <= guess_mapping(cells).keys():
            return place
    return None


def guess_mapping(header: Sequence[str]) -> dict[str, str]:
    """Returns field → column, as far as the names of the columns tell."""
    known = {_folded(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        column = next((known[name] for name in names if name in known and known[name] not in found.values()), None)
        if column is not None:
            found[field] = column
    return found


def _folded(name: str) -> str:
    plain = unaccented(name.lower(), "NFKD")
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())
