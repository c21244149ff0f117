"""The route by which the worker asks whether sentences of a long message are about a danger."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from actions.danger.model import SecondLook
from core.care import Care, SentencesToJudge
from retrieval.contracts import Embedder

type _Sentences = Annotated[tuple[Annotated[str, Field(max_length=10_000)], ...], Field(max_length=24)]


class Sentences(BaseModel):
    """Sentences of one message, masked: ``alarmed``, in which a pattern matches a danger, and ``others``."""

    alarmed: _Sentences
    others: _Sentences


class Verdict(BaseModel):
    """``confirmed``: an alarmed sentence may be about a danger. ``kinds``: the kinds of danger in all sentences. ``sure``:
    few everyday messages come as near to a danger.
    """

    confirmed: bool
    kinds: tuple[Care, ...] = ()
    sure: bool = True


def router(model: SecondLook | None, embedder: Embedder) -> APIRouter:
    """Returns ``POST /danger``. Without a ``model`` fitted on ``embedder``, the patterns alone decide."""
    routes = APIRouter()

    @routes.post("/danger")
    def judge(message: Sentences) -> Verdict:
        if model is None or not message.alarmed + message.others:
            return Verdict(confirmed=True)
        meant = model.judge(SentencesToJudge(message.alarmed, message.others), embedder.embed_queries)
        return Verdict(confirmed=meant.confirmed, kinds=meant.kinds, sure=meant.sure)

    return routes
