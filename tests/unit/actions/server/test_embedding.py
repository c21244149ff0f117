"""Passages embedded in the action server come back as they were made, in the order of their texts."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions.server.app import create_app
from core.settings import Settings
from retrieval.contracts import Vectors
from retrieval.embedding.remote import RemoteEmbedder
from tests.unit.actions.fakes import FakeKnowledge


class LengthEmbedder:
    """A vector points where the length of its text says."""

    name, revision, dimension = "length", "1", 3

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("no query is embedded here")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        angles = np.asarray([len(text) for text in texts], np.float32) / 100
        return np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=1).astype(np.float32)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings, FakeKnowledge(), LengthEmbedder())


def through(app: FastAPI) -> httpx.MockTransport:
    client = TestClient(app)

    def answer(request: httpx.Request) -> httpx.Response:
        found = client.request(request.method, request.url.path, headers=request.headers, content=request.read())
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    return httpx.MockTransport(answer)


def test_the_model_is_named(app: FastAPI, settings: Settings) -> None:
    remote = RemoteEmbedder(settings, through(app))
    assert (remote.name, remote.revision, remote.dimension) == ("length", "1", 3)


def test_more_than_a_batch_comes_back_in_order(app: FastAPI, settings: Settings) -> None:
    texts = ["x" * (number * 37 % 101 + 1) for number in range(75)]
    assert np.array_equal(RemoteEmbedder(settings, through(app)).embed_passages(texts), LengthEmbedder().embed_passages(texts))


def test_both_routes_want_the_secret(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/embedder").status_code == client.post("/embed", json={"texts": ["a"]}).status_code == 401


def test_a_batch_that_is_too_large_is_refused(app: FastAPI, settings: Settings) -> None:
    client = TestClient(app, headers=settings.internal_headers)
    assert client.post("/embed", json={"texts": ["a"] * 33}).status_code == 422
