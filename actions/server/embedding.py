"""Embeds for processes that build an index or check a publication while the service runs.

A second copy of the model would cost 0.9 GB.
"""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from retrieval.contracts import Embedder

_NICE = 10  # citizens' questions have priority


class Model(BaseModel):
    """The model in use here."""

    name: str
    revision: str
    dimension: int


class Texts(BaseModel):
    """Texts of one batch. ``kind`` says whether they are questions or searched texts: models embed these differently."""

    texts: list[Annotated[str, Field(max_length=20_000)]] = Field(min_length=1, max_length=32)
    kind: Literal["passages", "queries"] = "passages"


def router(embedder: Embedder) -> APIRouter:
    """Returns ``GET /embedder`` and ``POST /embed``, which returns one row of little-endian float32, of unit length, per
    text.
    """
    routes = APIRouter()
    background = ThreadPoolExecutor(1, thread_name_prefix="embed-passages", initializer=step_back, initargs=(_NICE,))

    @routes.get("/embedder")
    def model() -> Model:
        return Model(name=embedder.name, revision=embedder.revision, dimension=embedder.dimension)

    @routes.post("/embed")
    async def embed(batch: Texts) -> Response:
        work = embedder.embed_queries if batch.kind == "queries" else embedder.embed_passages
        vectors = await asyncio.get_running_loop().run_in_executor(background, work, batch.texts)
        return Response(vectors.astype("<f4").tobytes(), media_type="application/octet-stream")

    return routes


def step_back(nice: int) -> None:
    """Lowers the priority of this thread by ``nice``."""
    if sys.platform == "linux":  # elsewhere, threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
