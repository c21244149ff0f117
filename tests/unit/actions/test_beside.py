"""An action's work is done where the machine has room for it, and comes to the same."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextvars import ContextVar

import numpy as np
import pytest

from actions import beside as module
from actions.beside import Aside, beside
from retrieval.contracts import Vectors
from tests.unit.retrieval.samples import WordEmbedder

_HELD: ContextVar[str] = ContextVar("held", default="")


def _work(asked: str, *, loud: bool = False) -> tuple[str, str, int]:
    return asked.upper() if loud else asked, _HELD.get(), threading.get_ident()


@pytest.mark.parametrize("to_spare", [True, False])
async def test_work_is_done_in_the_turns_context(monkeypatch: pytest.MonkeyPatch, *, to_spare: bool) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", to_spare)
    _HELD.set("snapshot")
    said, held, thread = await beside(_work, "oui", loud=True)
    assert (said, held) == ("OUI", "snapshot")
    assert (thread != threading.get_ident()) is to_spare


@pytest.mark.parametrize("to_spare", [True, False])
async def test_what_it_raises_is_let_through(monkeypatch: pytest.MonkeyPatch, *, to_spare: bool) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", to_spare)
    with pytest.raises(ValueError, match="invalid literal"):
        await beside(int, "non")


class _Held(WordEmbedder):
    """Embeds once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let, self.threads = threading.Event(), threading.Event(), set[int]()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.threads.add(threading.get_ident())
        self.begun.set()
        assert self.let.wait(10)
        return super().embed_queries(texts)


async def test_on_few_cores_the_loop_serves_others_while_a_query_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", False)
    held = _Held()
    embedder = Aside(held)

    def work() -> tuple[Vectors, int]:
        return embedder.embed_queries(["carte perdue"]), threading.get_ident()

    working = asyncio.create_task(beside(work))
    await asyncio.to_thread(held.begun.wait, 10)
    assert await beside(_work, "un autre") == ("un autre", "", threading.get_ident())
    assert not working.done()
    held.let.set()
    vectors, thread = await working
    assert np.array_equal(vectors, WordEmbedder().embed_queries(["carte perdue"]))
    assert thread == threading.get_ident() not in held.threads


async def test_in_a_thread_it_embeds_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", True)
    held = _Held()
    held.let.set()
    embedder = Aside(held)
    await beside(embedder.embed_queries, ["carte"])
    assert held.threads
    assert threading.get_ident() not in held.threads
    assert (embedder.name, embedder.revision, embedder.dimension) == (held.name, held.revision, held.dimension)


@pytest.mark.parametrize("to_spare", [True, False])
async def test_what_embedding_raises_is_let_through(monkeypatch: pytest.MonkeyPatch, *, to_spare: bool) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", to_spare)

    class Broken(WordEmbedder):
        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            raise MemoryError

    with pytest.raises(MemoryError):
        await beside(Aside(Broken()).embed_queries, ["carte"])
