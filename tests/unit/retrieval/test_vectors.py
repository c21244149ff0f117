"""Texts are embedded once."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from retrieval.contracts import Vectors, model_id
from retrieval.index import vectors as module
from retrieval.index.embedded_texts import SECTION_CHARACTERS, SECTIONS, EmbeddedText, KeyedText, head, sections, wordings
from retrieval.index.vectors import embed_texts, forget
from tests.unit.retrieval.samples import IDENTITY, WordEmbedder

TEXTS = [KeyedText.of(EmbeddedText(f"texte numéro {number}", 0), "words@1") for number in range(7)]


class Interrupted(WordEmbedder):
    """Stops as Ctrl-C does, after so many calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._left = calls

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().embed_passages(texts)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 3)


def test_known_vectors_are_taken_over() -> None:
    all_at_once = embed_texts(TEXTS, WordEmbedder(), known={})
    known = {text.key: vector for text, vector in zip(TEXTS[:5], all_at_once, strict=False)}
    again = WordEmbedder()
    assert np.array_equal(embed_texts(TEXTS, again, known=known), all_at_once)
    assert again.embedded == ["texte numéro 5", "texte numéro 6"]


def test_another_revision_of_the_model_has_other_keys() -> None:
    text = EmbeddedText("texte", 0)
    models = [model_id(WordEmbedder()), model_id(WordEmbedder(revision="2"))]
    assert len({KeyedText.of(text, model).key for model in models}) == 2
    assert KeyedText.of(text, models[0]) == KeyedText.of(EmbeddedText("texte", 0), models[0])


def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        embed_texts(TEXTS, Interrupted(2), known={}, cache=tmp_path)
    embedder, told = WordEmbedder(), []
    vectors = embed_texts(TEXTS, embedder, known={}, cache=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert len(embedder.embedded) == 1
    assert told == [(7, 7)]
    assert np.array_equal(vectors, embed_texts(TEXTS, WordEmbedder(), known={}))
    forget(tmp_path)
    assert list(tmp_path.glob("*.npz")) == []


def test_a_damaged_chunk_is_embedded_again(tmp_path: Path) -> None:
    embed_texts(TEXTS, WordEmbedder(), known={}, cache=tmp_path)
    sorted(tmp_path.glob("*.npz"))[0].write_bytes(b"PK\x03\x04 cut short")
    embedder = WordEmbedder()
    embed_texts(TEXTS, embedder, known={}, cache=tmp_path)
    assert 0 < len(embedder.embedded) <= 3


def test_nothing_to_embed_is_no_error() -> None:
    assert embed_texts([], WordEmbedder(), known={}).shape == (0, 64)


def test_a_section_is_all_passages_under_one_heading() -> None:
    found = sections(IDENTITY)
    assert [section.passage for section in found] == [1, 3]
    assert "commissariat" in found[0].text
    assert "consulat" in found[0].text
    assert found[1].text.startswith(f"{IDENTITY.title} > Coût: ")
    assert len(found) <= SECTIONS
    assert all(len(section.text) <= len(IDENTITY.title) + 20 + SECTION_CHARACTERS for section in found)


def test_what_people_ask_stands_before_a_section_s_text() -> None:
    declaration, cost = IDENTITY.body
    worded = declaration.model_copy(
        update={"wordings": ("où je vais quand je l'ai perdue", "au commissariat ?", "et une troisième")}
    )
    found = sections(IDENTITY.model_copy(update={"body": (worded, cost)}))
    start = f"{IDENTITY.title} > Déclaration: où je vais quand je l'ai perdue. au commissariat ?. Déclarez la perte"
    assert found[0].text.startswith(start)
    assert "troisième" not in found[0].text
    assert found[1] == sections(IDENTITY)[1]


def test_the_head_names_the_entry_and_each_wording_stands_by_itself() -> None:
    named = IDENTITY.model_copy(update={"wordings": ("j'ai perdu ma CNI", "plus de carte")})
    assert head(named).text.startswith(f"{IDENTITY.title}. Que faire")
    assert wordings(named) == [EmbeddedText("j'ai perdu ma CNI", 0), EmbeddedText("plus de carte", 0)]


def test_a_full_disk_is_not_filled_with_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(stream: BinaryIO, **_: object) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", no_room)
    with pytest.raises(OSError, match="No space"):
        embed_texts(TEXTS, WordEmbedder(), known={}, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []
