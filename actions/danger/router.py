"""Lets the worker ask whether sentences that have words of danger are about one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from actions.danger.model import SecondLook
from retrieval.contracts import Embedder


class Sentences(BaseModel):
    """Sentences of one message, masked."""

    sentences: list[Annotated[str, Field(max_length=10_000)]] = Field(min_length=1, max_length=200)


class Verdict(BaseModel):
    """``confirmed``: one of the sentences may be about a danger."""

    confirmed: bool


def router(model: SecondLook | None, embedder: Embedder) -> APIRouter:
    """Returns ``POST /danger``. Without a ``model`` that was fitted on ``embedder``, all is confirmed."""
    routes = APIRouter()

    @routes.post("/danger")
    def judge(message: Sentences) -> Verdict:
        return Verdict(confirmed=model is None or model.confirms_alarm(message.sentences, embedder.embed_queries))

    return routes
