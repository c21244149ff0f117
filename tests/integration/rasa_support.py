"""Rasa with a really trained model, and the action server over a retriever written by hand, on free ports of loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from actions.server.app import create_app
from cli.rasa_commands import BOT_PYTHON, environment, model_path, run_command, training_command
from core.settings import ROOT, Settings
from tests.integration.servers import free_port
from tests.prompt_server import PromptServer
from tests.unit.actions.fakes import FakeKnowledge
from tests.waiting import wait_until

START_SECONDS = 180
SECRET = "integration"


def settings_for(home: Path) -> Settings:
    secret = SecretStr(SECRET)
    return Settings(
        _env_file=None,
        home=home,
        secret_key=secret,
        internal_secret=secret,
        address_key=secret,
        rasa_port=free_port(),
        actions_port=free_port(),
        smtp_host="mail.example",
        mail_from="guichet@mairie.example",
    )


def trained_home() -> Path:
    """A state folder whose dialogue model is of the present data: the installation's, or our own, trained at most once."""
    for home in (ROOT / "var", ROOT / "var" / "bot"):
        if model_path(settings_for(home)).exists():
            return home
    settings = settings_for(ROOT / "var" / "bot")
    model = model_path(settings)
    subprocess.run(training_command(settings), env=_environment(settings), cwd=ROOT, check=True, capture_output=True)
    (model.parent / "making" / model.name).replace(model)
    return settings.home


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, **settings.as_environment(), **environment(settings)}


class GatedKnowledge(FakeKnowledge):
    """Searches for ``attente`` do not return before the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def search(self, query: str, **options: Any) -> Any:
        if "attente" in query:
            self.gate.wait(60)
        return super().search(query, **options)


class ActionServer:
    """``calls`` holds, of each call of Rasa, how many events its tracker had; ``traces`` to which trace it belonged."""

    def __init__(self, settings: Settings) -> None:
        self.knowledge = GatedKnowledge()
        self.calls: list[int] = []
        self.traces: list[str] = []
        self._settings = settings
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        app = create_app(self._settings, self.knowledge)
        self._count_events(app)
        config = uvicorn.Config(app, host="127.0.0.1", port=self._settings.actions_port, log_config=None, access_log=False)
        self._server = PromptServer(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until_ok(f"{self._settings.actions_url}/health")

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self.knowledge.gate.set()
        self._server.should_exit = True
        self._thread.join(10)

    def _count_events(self, app: FastAPI) -> None:
        @app.middleware("http")
        async def count(request: Request, call_next: Any) -> Response:
            if request.url.path == "/webhook":
                self.calls.append(len((await request.json())["tracker"]["events"]))
                self.traces.append(request.headers.get("traceparent", ""))
            response: Response = await call_next(request)
            return response


class RasaServer:
    """``rasa run`` as the supervisor starts it, with trackers of its own; its output goes to ``log``."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.log = folder / "rasa.log"
        self.settings = settings
        self._trackers = {"GUICHET_TRACKERS_URL": f"sqlite:///{folder / 'trackers.db'}"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert BOT_PYTHON.exists(), "the environment of Rasa is not installed: ./guichet up"
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                run_command(self.settings),
                env=_environment(self.settings) | self._trackers,
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_until_ok(f"{self.settings.rasa_url}/webhooks/guichet/health", self._process)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(20)

    def pause(self) -> None:
        """Take connections and requests from now on, and answer none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def wait_until_ok(url: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Returns once ``url`` answers 200; raises if ``process`` ends before, or nothing comes of it."""
    with httpx.Client(headers={"X-Guichet-Secret": SECRET}, timeout=5, trust_env=False) as client:

        def answers() -> bool:
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"ended with {process.returncode} before {url} answered")
            return client.get(url).status_code == httpx.codes.OK

        wait_until(answers, seconds=START_SECONDS, ignoring=httpx.TransportError, pause=0.1)


class Talk:
    """One conversation with Rasa through the input channel."""

    def __init__(self, client: httpx.Client, conversation: str, *, channel: str = "web", language: str = "fr") -> None:
        self._client, self.conversation = client, conversation
        self._about = {"conversation": conversation, "channel": channel, "language": language}
        self._count = 0

    def post(
        self, text: str | None = None, *, payload: str | None = None, message_id: str = "", number: str = ""
    ) -> httpx.Response:
        self._count += 1
        body = {
            **self._about,
            "message_id": message_id or f"m{self._count}",
            "text": text,
            "payload": payload,
            "number": number,
        }
        return self._client.post("/turns", json=body)

    def say(self, text: str | None = None, **named: Any) -> dict[str, Any]:
        response = self.post(text, **named)
        assert response.status_code == httpx.codes.OK, response.text
        turn: dict[str, Any] = response.json()
        return turn
