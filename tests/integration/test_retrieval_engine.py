"""The engine on real indexes: build, search, swap under load, refusal, resumption."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.entry import Entry, passages
from retrieval.index import vectors as vectors_module
from retrieval.index.catalogue import Listed, ListedEntries
from retrieval.service import SearchService
from retrieval.snapshots.build import build_snapshot
from retrieval.snapshots.folder import FORMAT, Snapshots, SnapshotUnusable
from retrieval.snapshots.snapshot import load_snapshot
from retrieval.snapshots.update import snapshots_folder, update_index
from retrieval.terms.analysis import terms
from tests.unit.retrieval.samples import BINS, ENTRIES, IDENTITY, IN_PARTS, NAMES_NO_PART, PASSPORT, WordEmbedder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    return tmp_path


@pytest.fixture
def engine(home: Path) -> SearchService:
    return SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)


def test_a_search_finds_the_entry_its_passage_and_says_where_from(engine: SearchService) -> None:
    result = engine.search("combien coûte le renouvellement de la carte d'identité", limit=3)
    found = (*result.hits, *result.rejected)
    assert found[0].entry_id == "F1"
    assert passages(IDENTITY)[found[0].passage].headings == ("Coût",)
    assert result.snapshot == engine.status().snapshot
    assert {"embed", "lexical", "dense", "fuse", "total"} <= set(result.timings_ms)
    assert engine.entry("F1") == IDENTITY
    assert engine.entry("F1", "mairie") is None
    assert engine.entry("unknown") is None


@pytest.mark.parametrize(
    ("collection", "audience", "expected"),
    [
        (None, None, {"F1", "F2", "F3", "F4"}),
        ("mairie", None, {"F4"}),
        ("test", "particuliers", {"F1", "F2"}),
        (None, "salariés", {"F1", "F3", "F4"}),
        ("elsewhere", None, set()),
    ],
)
def test_filters_hold(engine: SearchService, collection: str | None, audience: str | None, expected: set[str]) -> None:
    result = engine.search("passeport", collection=collection, audience=audience, limit=10)
    assert {hit.entry_id for hit in (*result.hits, *result.rejected)} == expected


def test_parts_come_best_first_and_a_search_remembers_them_for_its_own_question(engine: SearchService, home: Path) -> None:
    cost, place = "combien coûte le renouvellement de la carte d'identité", "déclarer la perte de ma carte en mairie"
    other = SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)
    engine.search(cost)
    assert engine.ranked_passages(IDENTITY, cost) == other.ranked_passages(IDENTITY, cost)
    headings = [passages(IDENTITY)[order].headings for order in engine.ranked_passages(IDENTITY, cost)]
    assert headings[0] == ("Coût",)
    assert sorted(headings) == [(), ("Coût",), ("Déclaration",)]
    assert engine.ranked_passages(IDENTITY, place) == other.ranked_passages(IDENTITY, place)
    assert engine.ranked_passages(IDENTITY, place) != engine.ranked_passages(IDENTITY, cost)
    assert engine.ranked_passages(PASSPORT, cost) == [0]
    changed = IDENTITY.model_copy(update={"version": 9})
    assert engine.ranked_passages(changed, cost)[0] == engine.ranked_passages(IDENTITY, cost)[0]
    assert engine.ranked_passages(IDENTITY, "?") == []


def test_a_title_s_terms_are_read_without_those_of_other_wordings(tmp_path: Path) -> None:
    worded = [entry.model_copy(update={"wordings": ("papiers volés à l'étranger", "l'ANTS")}) for entry in ENTRIES]
    worded.append(BINS.model_copy(update={"id": "F9", "title": "Qu'est-ce que l'AAH ? Où est-ce que c'est, 2 fois ?"}))
    update_index(worded, tmp_path, WordEmbedder(), "full")
    snapshots = Snapshots(snapshots_folder(tmp_path))
    snapshot = load_snapshot(snapshots, snapshots.active(), WordEmbedder())
    for place, title in enumerate(snapshot.entries.titles):
        assert snapshot.title_terms(place) == {term: snapshot.lexical.rarity(term) for term in terms(title)}


@pytest.mark.parametrize(
    ("query", "unknown"), [("asdfgh", True), ("asdfgh 12", True), ("asdfgh carte", False), ("gloriette", False)]
)
def test_what_is_no_word_is_told(engine: SearchService, query: str, unknown: bool) -> None:
    assert engine.search(query).unknown is unknown


def test_what_a_page_speaks_of_is_the_same_for_a_version_that_the_index_has_not(engine: SearchService) -> None:
    wanted = frozenset(terms("la perte d'une carte en mairie par bateau"))
    spoken = engine.spoken(IDENTITY, wanted)
    assert wanted - spoken == set(terms("bateau"))
    assert engine.spoken(IDENTITY.model_copy(update={"version": 9}), wanted) == spoken


@pytest.mark.parametrize("query", ["", "   ", "?!…", "🙂"])
def test_a_query_without_words_finds_nothing(engine: SearchService, query: str) -> None:
    result = engine.search(query)
    assert (result.hits, result.rejected, result.decision) == ((), (), "no_answer")


def test_before_the_first_snapshot_an_engine_has_no_answer(tmp_path: Path) -> None:
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    assert engine.search("passeport").decision == "no_answer"
    assert engine.entry("F1") is None
    with pytest.raises(LookupError):
        engine.status()


def test_queries_go_on_while_snapshots_are_swapped(home: Path, engine: SearchService) -> None:
    stop, seen, broken = threading.Event(), set[str](), list[BaseException]()

    def ask() -> None:
        while not stop.is_set():
            try:
                result = engine.search("passeport")
                (*_, best) = (result.hits or result.rejected)[:1]
                assert best.entry_id == "F2"
                seen.add(result.snapshot)
            except BaseException as error:
                broken.append(error)
                return

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(ask)
        built = []
        for number in range(3):
            changed = BINS.model_copy(update={"title": f"Encombrants, version {number}", "version": number + 2})
            built.append(update_index([*ENTRIES[:3], changed], home, WordEmbedder(), "full").version)
            while built[-1] not in seen and not broken:
                stop.wait(0.01)
        stop.set()
    assert broken == []
    assert set(built) <= seen
    assert engine.entry("F4") == changed


def test_titles_come_first_and_sections_take_their_vectors_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.snapshots.build.FEW", 0)
    quick = update_index(ENTRIES, tmp_path, WordEmbedder(), "titles")
    assert quick.manifest.counts == {"entries": 4, "heads": 4, "sections": 0}
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    assert engine.search("consulat de France").rejected or engine.search("consulat de France").hits
    embedder = WordEmbedder()
    full = update_index(ENTRIES, tmp_path, embedder, "full")
    assert full.manifest.stage == "full"
    assert len(embedder.embedded) == full.manifest.counts["sections"] == 2
    again = WordEmbedder()
    assert update_index(ENTRIES, tmp_path, again, "titles").version == full.version  # never a step back
    assert again.embedded == []


def test_until_its_sections_are_indexed_a_page_begins_at_its_head_unless_a_part_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.snapshots.build.FEW", 0)
    cost = "combien coûte le renouvellement de la carte d'identité"
    entries = [IN_PARTS, *(entry for entry in ENTRIES if entry.id != IN_PARTS.id)]

    def begun(query: str) -> tuple[set[int], int]:
        """The passages of the page to which the ways to it lead, and that of its likeliest part."""
        engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
        found = engine.search(query)
        first = (*found.hits, *found.rejected)[0]
        assert first.entry_id == IN_PARTS.id
        ways = {first.passage, engine.best_passage(IN_PARTS, query), engine.passage(query, IN_PARTS.id)}
        return ways, engine.ranked_passages(IN_PARTS, query)[0]

    update_index(entries, tmp_path, WordEmbedder(), "titles")
    ways, likeliest = begun(NAMES_NO_PART)
    assert (ways, likeliest != 0) == ({0}, True)
    assert begun(cost) == ({2}, 2)
    update_index(entries, tmp_path, WordEmbedder(), "full")
    ways, likeliest = begun(NAMES_NO_PART)
    assert ways == {likeliest}
    assert begun(cost) == ({2}, 2)


def test_only_a_changed_entry_is_embedded_again(home: Path) -> None:
    embedder = WordEmbedder()
    changed = PASSPORT.model_copy(update={"description": "Demander un passeport biométrique.", "version": 2})
    built = update_index([changed, *(entry for entry in ENTRIES if entry is not PASSPORT)], home, embedder, "full")
    assert len(embedder.embedded) == 1
    assert built.entries.find("F2") == changed


class Asked(ListedEntries):
    """Remembers what was fetched."""

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        self.fetched = [one.id for one in wanted]
        return super().fetch(wanted)


def test_a_build_that_takes_over_gives_the_files_of_one_from_nothing(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    changed = IDENTITY.model_copy(update={"title": "Carte d'identité perdue ou volée", "version": 2})
    added = entry_named(1)
    entries = Asked([added, *ENTRIES[1:3], changed])  # BINS is gone
    taken_over = update_index(entries, home, WordEmbedder(), "full")
    assert sorted(entries.fetched) == ["F1", "N1"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    from_nothing = update_index([changed, *ENTRIES[1:3], added], elsewhere, WordEmbedder(), "full")
    assert taken_over.manifest.digests == from_nothing.manifest.digests
    assert taken_over.manifest.content == from_nothing.manifest.content
    assert taken_over.manifest.counts["entries"] == 4


def test_what_other_code_made_is_made_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.snapshots.build.MADE_BY", "another")
    monkeypatch.setattr("retrieval.index.terms_file.terms", lambda text: ["same"])
    built = update_index(ENTRIES, home, WordEmbedder(), "full")
    titles = built.terms.field("title")
    assert {built.terms.vocabulary[number] for number in titles.values} == {"same"}
    assert len(titles) == len(ENTRIES)


def test_a_snapshot_of_an_older_version_of_the_service_still_spares_the_embedding(home: Path) -> None:
    snapshots = Snapshots(snapshots_folder(home))
    old = snapshots.active()
    path = snapshots.folder / old / "manifest.json"
    path.write_text(snapshots.manifest(old).model_copy(update={"format": FORMAT - 1}).model_dump_json())
    (snapshots.folder / old / "terms.npy").unlink()
    with pytest.raises(SnapshotUnusable, match="index build"):
        SearchService(snapshots.folder, WordEmbedder())
    embedder = WordEmbedder()
    built = update_index(ENTRIES, home, embedder, "titles")
    assert embedder.embedded == []
    assert (built.manifest.format, built.manifest.stage) == (FORMAT, "full")


@pytest.mark.parametrize("embedder", [WordEmbedder(revision="2"), WordEmbedder(dimension=32)])
def test_another_model_is_refused(home: Path, embedder: WordEmbedder) -> None:
    with pytest.raises(SnapshotUnusable, match="index build"):
        SearchService(snapshots_folder(home), embedder)


def test_a_running_engine_keeps_the_old_snapshot_when_the_new_one_is_unusable(home: Path, engine: SearchService) -> None:
    good = engine.status().snapshot
    update_index(ENTRIES, home, WordEmbedder(revision="2"), "full")
    with pytest.raises(SnapshotUnusable):
        engine.refresh()
    assert engine.search("passeport").snapshot == good


@pytest.mark.parametrize(
    "name", ["heads.faiss", "sections.npz", "entries.jsonl", "terms.npy", "vocabulary.json", "lexical/title.places.npy"]
)
def test_a_damaged_file_is_refused(home: Path, name: str) -> None:
    snapshots = Snapshots(snapshots_folder(home))
    path = snapshots.folder / snapshots.active() / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SnapshotUnusable, match="index build"):
        load_snapshot(snapshots, snapshots.active(), WordEmbedder())


def test_an_interrupted_build_changes_nothing_and_is_resumed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "CHUNK", 2)
    more = [*ENTRIES, *(entry_named(number) for number in range(6))]
    before = Snapshots(snapshots_folder(home)).active()

    def interrupt(done: int, total: int) -> None:
        if done >= total - 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_index(more, home, WordEmbedder(), "full", interrupt)
    assert Snapshots(snapshots_folder(home)).active() == before
    embedder = WordEmbedder()
    assert update_index(more, home, embedder, "full").manifest.counts["entries"] == 10
    assert 0 < len(embedder.embedded) <= 2


def test_an_empty_knowledge_base_builds_nothing(home: Path) -> None:
    before = Snapshots(snapshots_folder(home)).active()
    with pytest.raises(ValueError, match="import"):
        build_snapshot([], snapshots_folder(home), WordEmbedder())
    assert Snapshots(snapshots_folder(home)).active() == before


def entry_named(number: int) -> Entry:
    return Entry(id=f"N{number}", collection="test", title=f"Fiche numéro {number}", description=f"Description {number}")


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """A loader that outlives its test would read a folder that is gone."""
    yield
    for thread in threading.enumerate():
        if thread.name == "snapshot-loader":
            thread.join(10)
