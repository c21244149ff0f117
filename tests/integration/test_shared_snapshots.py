"""Two machines and one shared place, a mounted folder or storage that speaks S3: one builds, the other fetches."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from structlog.testing import capture_logs

from cli.doctor.sharing import shared_folder
from core.database import Database
from knowledge_base.publishing.contracts import Change, State
from knowledge_base.publishing.publications import ask_rollback, request
from knowledge_base.publishing.publisher import Publisher
from retrieval.contracts import Vectors
from retrieval.service import SearchService
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.shared import SEALED, SharedSnapshots
from retrieval.snapshots.update import snapshots_folder, update_index
from tests.integration.publishing_support import carried_out, dearer, knowledge, revise, settings_for
from tests.integration.test_publishing import text_of
from tests.unit.retrieval.samples import ENTRIES, WordEmbedder

_KEY = "s" * 40  # of settings_for


@dataclass(frozen=True)
class Storage:
    """``cut(version)`` halves a file of it there; ``take_away()`` makes the place unreachable, ``give_back()`` the reverse."""

    url: str
    cut: Callable[[str], None]
    take_away: Callable[[], object]
    give_back: Callable[[], object]

    @property
    def shared(self) -> SharedSnapshots:
        return SharedSnapshots(self.url, (_KEY,))


def _folder(tmp_path: Path) -> Storage:
    share = tmp_path / "share"
    share.mkdir()

    def cut(version: str) -> None:
        largest = max(
            (path for path in (share / version).iterdir() if path.name != SEALED), key=lambda path: path.stat().st_size
        )
        largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])

    return Storage(
        share.as_uri(), cut, lambda: shutil.move(share, tmp_path / "away"), lambda: shutil.move(tmp_path / "away", share)
    )


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    if request.param == "folder":
        yield _folder(tmp_path)
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "guichet",
        "AWS_SECRET_ACCESS_KEY": "essai",
        "AWS_DEFAULT_REGION": "eu-west-3",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    bucket = uuid.uuid4().hex  # the server's memory is this process's
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})

    def cut(version: str) -> None:
        found = client.list_objects_v2(Bucket=bucket, Prefix=f"index/{version}/")["Contents"]
        key = max((one for one in found if not one["Key"].endswith(SEALED)), key=lambda one: one["Size"])["Key"]
        content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        client.put_object(Bucket=bucket, Key=key, Body=content[: len(content) // 2])

    def reach(address: str) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)

    closed = "http://127.0.0.1:1"  # nobody listens there
    yield Storage(f"s3://{bucket}/index", cut, lambda: reach(closed), lambda: reach(f"http://{host}:{port}"))
    server.stop()


class Unable(WordEmbedder):
    """Embeds questions, and no text of a page: whoever has it cannot build."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("this machine should not have built anything")


def machine(database: Database, home: Path, url: str, storage: Storage, embedder: WordEmbedder) -> Publisher:
    settings = settings_for(home, url).model_copy(update={"snapshots_url": storage.url})
    return Publisher(settings, database, lambda: embedder)


async def follows(node: Publisher) -> str:
    while await node.work():
        pass
    return node.gate.node_snapshots.snapshots.active()


async def change(database: Database, node: Publisher, price: int) -> str:
    """A fee is changed by ``node``. Returns the snapshot that holds it."""
    changes: list[Change] = [await revise(database, dearer(price))]
    view = await carried_out(node, database, await request(database, changes, author="anne", go_at_once=True))
    assert view.state == State.ACTIVE
    return view.candidate


def test_an_index_of_the_same_pages_is_fetched_instead_of_built(storage: Storage, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    quick = update_index(ENTRIES, here, WordEmbedder(), "titles", shared=storage.shared)
    assert update_index(ENTRIES, there, Unable(), "titles", shared=storage.shared).version == quick.version
    changed = (dearer(), *ENTRIES[1:])
    whole = update_index(changed, here, WordEmbedder(), "full", shared=storage.shared)
    assert update_index(changed, there, Unable(), "full", shared=storage.shared).version == whole.version
    assert SearchService(snapshots_folder(there), WordEmbedder()).search("carte d'identité").snapshot == whole.version
    assert storage.shared.versions() == [quick.version, whole.version]


async def test_the_other_machine_fetches_what_one_published(
    database: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    await knowledge(database, here)
    first = machine(database, here, database_url, storage, WordEmbedder())
    second = machine(database, there, database_url, storage, Unable())  # it has no index at all, and could not build one
    before = first.gate.node_snapshots.snapshots.active()
    new = await change(database, first, 30)
    assert await follows(second) == new
    assert "30 €" in text_of(there)
    await carried_out(first, database, await ask_rollback(database, author="anne"))
    assert await follows(second) == before
    assert "25 €" in text_of(there)
    assert storage.shared.versions() == [before, new]


async def test_what_is_torn_is_refused_built_and_replaced(
    database: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    here, there, later = tmp_path / "here", tmp_path / "there", tmp_path / "later"
    await knowledge(database, here)
    first = machine(database, here, database_url, storage, WordEmbedder())
    new = await change(database, first, 30)
    storage.cut(new)
    with capture_logs() as logs:
        assert await follows(machine(database, there, database_url, storage, WordEmbedder())) == new
    assert [one["reason"] for one in logs if one["event"] == "snapshot_not_fetched" and "damaged" in one["reason"]]
    assert "30 €" in text_of(there)
    assert await follows(machine(database, later, database_url, storage, Unable())) == new


async def test_without_the_storage_each_machine_builds_and_says_so(
    database: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    await knowledge(database, here)
    storage.take_away()
    settings = settings_for(here, database_url).model_copy(update={"snapshots_url": storage.url})
    (finding,) = shared_folder(settings)
    assert (finding.level, storage.url in finding.message[1] or "mounted" in finding.message[1]) == ("warning", True)
    first = machine(database, here, database_url, storage, WordEmbedder())
    second = machine(database, there, database_url, storage, WordEmbedder())
    with capture_logs() as logs:
        new = await change(database, first, 30)
        assert await follows(second) == new
    assert {"snapshot_not_shared", "snapshot_not_fetched"} <= {str(one["event"]) for one in logs}
    assert ["30 €" in text_of(home) for home in (here, there)] == [True, True]
    storage.give_back()
    (finding,) = shared_folder(settings)
    assert (finding.level, new in finding.message[1]) == ("warning", True)
    newer = await change(database, machine(database, here, database_url, storage, WordEmbedder()), 31)
    assert storage.shared.versions() == [newer]
    assert [one.level for one in shared_folder(settings)] == ["ok"]


async def test_a_machine_that_can_neither_fetch_nor_build_keeps_what_it_has(
    database: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    await knowledge(database, here)
    first = machine(database, here, database_url, storage, WordEmbedder())
    old = await change(database, first, 30)
    assert await follows(machine(database, there, database_url, storage, Unable())) == old
    new = await change(database, first, 31)
    storage.cut(new)
    with pytest.raises(AssertionError):  # the publisher's loop logs it, and tries again
        await follows(machine(database, there, database_url, storage, Unable()))
    assert Snapshots(snapshots_folder(there)).active() == old
    assert "30 €" in text_of(there)
    assert not list(snapshots_folder(there).glob(".2*"))
    first.gate.node_snapshots.share(new, again=True)
    assert await follows(machine(database, there, database_url, storage, Unable())) == new


async def test_old_snapshots_leave_the_shared_place(
    database: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    await knowledge(database, tmp_path)
    node = machine(database, tmp_path, database_url, storage, WordEmbedder())
    made = [await change(database, node, 30 + number) for number in range(7)]
    assert storage.shared.versions() == made[-5:]
