"""Entries, and an embedder that needs no model, for tests of retrieval."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from core.entry import Case, Cases, Chapter, Entry, TextBlock
from retrieval.contracts import Vectors


def entry(entry_id: str, title: str, description: str = "", **more: object) -> Entry:
    return Entry.model_validate({"id": entry_id, "collection": "test", "title": title, "description": description, **more})


IDENTITY = entry(
    "F1",
    "Perte ou vol de la carte d'identité",
    "Que faire si vous avez perdu votre carte nationale d'identité.",
    theme=("Papiers",),
    body=(
        Chapter(
            heading="Déclaration",
            body=(
                Cases(
                    question="Où êtes-vous ?",
                    cases=(
                        Case(label="En France", body=(TextBlock(markdown="Déclarez la perte en mairie ou au commissariat."),)),
                        Case(label="À l'étranger", body=(TextBlock(markdown="Adressez-vous au consulat de France."),)),
                    ),
                ),
            ),
        ),
        Chapter(heading="Coût", body=(TextBlock(markdown="Le renouvellement coûte 25 € en timbres fiscaux."),)),
    ),
)
IN_PARTS = IDENTITY.model_copy(
    update={
        "body": tuple(
            Chapter(heading=heading, body=(TextBlock(markdown=markdown),))
            for heading, markdown in {
                "Déclaration": "Adressez-vous à la mairie.",
                "Coût": "Le renouvellement coûte 25 €.",
                "Fabrication": "La carte est faite à Paris.",
                "Retrait": "Venez la chercher en mairie.",
                "Validité": "Quinze ans.",
            }.items()
        )
    }
)
NAMES_NO_PART = "j'ai perdu ma carte d'identité hier soir dans un train bondé, j'ai attendu quinze minutes"
PASSPORT = entry(
    "F2", "Passeport d'un majeur", "Faire ou renouveler un passeport.", audiences=("particuliers",), theme=("Papiers",)
)
PARENTAL = entry("F3", "Congé parental d'un salarié", "Cesser de travailler pour élever un enfant.", audiences=("salariés",))
BINS = entry("F4", "Collecte des encombrants", "Faire enlever de vieux meubles.", collection="mairie")
ENTRIES = (IDENTITY, PASSPORT, PARENTAL, BINS)


class WordEmbedder:
    """Texts that share words get close vectors; the same text always gets the same. Counts what it embeds."""

    def __init__(self, dimension: int = 64, revision: str = "1") -> None:
        self.name, self.revision, self.dimension = "words", revision, dimension
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, int(hashlib.sha256(word[:6].encode()).hexdigest(), 16) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
