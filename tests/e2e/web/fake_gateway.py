"""The web API's contract with scripted answers: every state of the widget in a second, and a network that can be cut.

It serves the real pages and widget. ``hold()`` keeps replies back until ``release()``; ``said`` is every message applied.
While ``full``, no message is taken; ``late`` is what whoever comes back to an unanswered message is told of the wait.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.middleware.cors import CORSMiddleware

from channels.web.api.config import WidgetConfig, widget_config
from channels.web.pages.router import router
from channels.web.questions import pinned
from conversations.wording import Wording
from core.database import Database
from core.languages import PanelLanguage
from core.settings import ROOT, Settings
from tests.e2e.web.fake_replies import reply_to
from tests.integration.migrated import migrated
from tests.prompt_server import PromptServer

SUGGESTED = ("Carte d’identité perdue", "Carte grise : changement d’adresse")
_WANTED = {"in English please": "en", "en español por favor": "es", "em português por favor": "pt", "بالعربية من فضلكم": "ar"}


class Conversation:
    """Messages and replies of one token, and who listens."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.turns: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.changed = asyncio.Condition()


class FakeGateway:
    """A gateway on a port of its own, in a thread.

    ``sockets`` off: only server-sent events are served. ``changes``: settings.
    """

    def __init__(self, home: Path, *, sockets: bool = True, **changes: Any) -> None:
        secrets = {"secret_key": "k", "internal_secret": "i", "address_key": "a"}
        self.settings = Settings(home=home, **{"organisation": "Ville de Valbourg"} | secrets | changes, _env_file=None)
        self.sockets = sockets
        self.conversations: dict[str, Conversation] = {}
        self.said: list[str] = []
        self.opinions: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self.typed: list[str] = []
        self.positions: list[dict[str, Any]] = []
        self.full = False
        self.late = ""
        self._free = threading.Event()
        self._free.set()
        self._probe = socket.socket()
        self._probe.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._probe.getsockname()[1]}"
        self._server = PromptServer(
            uvicorn.Config(self._app(), log_level="warning", ws_ping_interval=None, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._probe],), daemon=True)

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        """Lets the replies go, and waits until they are made: a page that is fetched after it has them."""
        self._free.set()
        while any(not turn["reply"] for one in list(self.conversations.values()) for turn in one.turns):
            self._thread.join(0.01)
            assert self._thread.is_alive(), "the fake gateway stopped before it answered"

    def start(self) -> FakeGateway:
        self._probe.listen()
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.05)
            assert self._thread.is_alive(), "the fake gateway did not start"
        return self

    def stop(self) -> None:
        self._free.set()
        self._server.should_exit = True
        self._thread.join(10)

    def _of(self, authorization: str) -> Conversation:
        conversation = self.conversations.get(authorization.removeprefix("Bearer "))
        if conversation is None:
            raise HTTPException(401)
        return conversation

    async def _take(self, conversation: Conversation, message: dict[str, Any]) -> dict[str, Any]:
        known = next((turn for turn in conversation.turns if turn["message"]["id"] == message["id"]), None)
        if known is None:
            if self.full:
                raise HTTPException(429, "Attendez une réponse, puis envoyez celui-ci à nouveau.")
            if message.get("text") == "trop long":
                raise HTTPException(422, "Message trop long : 2000 caractères au plus.")
            text = message.get("text") or message["payload"].removeprefix("signed:")
            known = {"message": {"id": message["id"], "text": text, "at": datetime.now(UTC).isoformat()}, "reply": None}
            conversation.turns.append(known)
            self.said.append(text)
            known["task"] = asyncio.create_task(self._answer(conversation, known, message))
        return {"id": message["id"], "seq": conversation.turns.index(known) + 1}

    async def _answer(self, conversation: Conversation, turn: dict[str, Any], message: dict[str, Any]) -> None:
        await asyncio.to_thread(self._free.wait)
        conversation.language = _WANTED.get(str(message.get("text")), conversation.language)
        reply = reply_to(message, conversation.language)
        reply |= {"type": "reply", "seq": len(conversation.replies) + 1, "id": uuid.uuid4().hex, "in_reply_to": message["id"]}
        reply |= {
            "language": conversation.language,
            "entry": "",
            "entry_version": 0,
            "snapshot": "s1",
            "confidence": 0.9,
            "ms": 5,
            "at": datetime.now(UTC).isoformat(),
        }
        turn["reply"] = reply
        conversation.replies.append(reply)
        async with conversation.changed:
            conversation.changed.notify_all()

    async def _follow(self, conversation: Conversation, after: int) -> AsyncIterator[dict[str, Any]]:
        while True:
            async with conversation.changed:
                while len(conversation.replies) <= after:
                    await conversation.changed.wait()
            while len(conversation.replies) > after:
                yield conversation.replies[after]
                after += 1

    def _app(self) -> FastAPI:
        wording = Wording.load(ROOT / "domain.yml").filled_from(self.settings)
        database = Database(self.settings.sql_url)

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            await migrated(self.settings.sql_url)
            yield
            await database.close()

        app = FastAPI(lifespan=lifespan)
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

        @app.exception_handler(HTTPException)
        async def problem(_request: Request, error: HTTPException) -> Response:
            return JSONResponse({"status": error.status_code, "detail": error.detail}, error.status_code)

        app.include_router(router(SimpleNamespace(settings=self.settings, wording=wording, database=database)))

        @app.get("/elsewhere")
        async def elsewhere() -> Response:
            """Another site's page, when asked for as ``localhost``: another origin than ``url``."""
            tag = f'<script src="{self.url}/widget.js"></script>'
            return HTMLResponse(f'<!doctype html><html lang="fr"><title>Mairie</title><h1>Mairie</h1>{tag}{tag}<p>Horaires</p>')

        @app.get("/api/web/config")
        async def config(lang: PanelLanguage = "fr") -> WidgetConfig:
            questions = pinned(self.settings.first_questions, lang, "fr")
            return widget_config(self.settings, wording, lang, questions)

        @app.post("/api/web/conversations", status_code=201)
        async def begin(body: dict[str, Any]) -> dict[str, Any]:
            token = uuid.uuid4().hex
            self.conversations[token] = Conversation(body.get("language", "fr"))
            return {"conversation": token[:8], "token": token, "language": self.conversations[token].language}

        @app.post("/api/web/conversations/reopened", status_code=201)
        async def reopen(body: dict[str, Any]) -> dict[str, Any]:
            """The code of a link is the token itself."""
            token = body["code"]
            if token not in self.conversations:
                raise HTTPException(404)
            return {"conversation": token[:8], "token": token, "language": self.conversations[token].language}

        @app.post("/api/web/messages", status_code=202)
        async def say(body: dict[str, Any], authorization: str = Header("")) -> dict[str, Any]:
            return await self._take(self._of(authorization), body)

        @app.get("/api/web/history")
        async def history(authorization: str = Header("")) -> dict[str, Any]:
            conversation = self._of(authorization)
            turns = [{"message": turn["message"], "reply": turn["reply"]} for turn in conversation.turns]
            return {
                "conversation": "c",
                "language": conversation.language,
                "turns": turns,
                "queue": {"type": "queue", "text": self.late if any(not turn["reply"] for turn in turns) else ""},
            }

        @app.post("/api/web/feedback", status_code=204)
        async def feedback(body: dict[str, Any], authorization: str = Header("")) -> None:
            self._of(authorization)
            self.opinions.append(body)

        @app.post("/api/web/satisfaction", status_code=204)
        async def satisfaction(body: dict[str, Any], authorization: str = Header("")) -> None:
            self._of(authorization)
            self.verdicts.append(body)

        @app.post("/api/web/nearby")
        async def nearby(body: dict[str, Any], authorization: str = Header("")) -> dict[str, Any]:
            self._of(authorization)
            self.positions.append(body)
            return {"label": "Le plus près de moi", "payload": "signed:office" if body["latitude"] > 0 else ""}

        @app.post("/api/web/suggestions")
        async def suggestions(body: dict[str, Any]) -> list[dict[str, Any]]:
            self.typed.append(body["text"])
            return [{"text": text, "lang": "fr"} for text in SUGGESTED if body["text"].lower() in text.lower()]

        @app.post("/api/web/language", status_code=204)
        async def language(body: dict[str, Any], authorization: str = Header("")) -> None:
            self._of(authorization).language = body["language"]

        @app.delete("/api/web/conversations/current", status_code=204)
        async def erase(authorization: str = Header("")) -> Response:
            self._of(authorization)
            del self.conversations[authorization.removeprefix("Bearer ")]
            return Response(status_code=204, headers={"Guichet-Receipt": "ABCD-2345-WXYZ"})

        @app.get("/api/web/events")
        async def events(after: int = 0, authorization: str = Header("")) -> Response:
            conversation = self._of(authorization)

            async def stream() -> AsyncIterator[str]:
                yield ": hello\n\n"
                async for reply in self._follow(conversation, after):
                    yield f"event: reply\nid: {reply['seq']}\ndata: {json.dumps(reply)}\n\n"

            return StreamingResponse(stream(), media_type="text/event-stream")

        @app.websocket("/api/web/socket")
        async def listen(socket: WebSocket) -> None:
            if not self.sockets:
                return await socket.close()
            await socket.accept()
            hello = await socket.receive_json()
            conversation = self.conversations.get(hello["token"])
            if conversation is None:
                return await socket.close(4401)
            await socket.send_json({"type": "ready"})

            async def push() -> None:
                async for reply in self._follow(conversation, hello["after"]):
                    await socket.send_json(reply)

            pushing = asyncio.create_task(push())
            try:
                while True:
                    frame = await socket.receive_json()
                    if frame["type"] == "ping":
                        await socket.send_json({"type": "pong"})
                        continue
                    try:
                        accepted = await self._take(conversation, frame)
                    except HTTPException as error:
                        await socket.send_json(
                            {
                                "type": "error",
                                "id": frame["id"],
                                "problem": {"status": error.status_code, "detail": error.detail},
                            }
                        )
                        continue
                    await socket.send_json({"type": "accepted", **accepted})
                    await socket.send_json({"type": "typing"})
            except WebSocketDisconnect:
                return None
            finally:
                pushing.cancel()

        return app
