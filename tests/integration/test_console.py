"""The supervisors' console over HTTP and its socket: who may, what is seen, what the moves do. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
import websockets
from fastapi import FastAPI

from core.database import Database
from core.entry import Entry
from core.identity import Role, Staff
from core.settings import Settings
from supervision.handoffs.teams import set_team, teams
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet, served, working
from tests.integration.handoff_support import ask, desk_of, handoffs
from tests.waiting import until

_BASE = "/api/desk/console"
ENTRY = Entry(
    id="F1",
    collection="c",
    version=3,
    title="Carte d'identité",
    introduction="Vous pouvez refaire votre carte d'identité en mairie.",
    source="Exemple",
    urls={"": "https://exemple.fr/F1"},
)


def search_app() -> FastAPI:
    """An action server that knows one entry."""
    app = FastAPI()

    @app.post("/search")
    async def search(body: dict[str, Any]) -> dict[str, Any]:
        hit = {"entry_id": "F1", "collection": "c", "version": 3, "title": ENTRY.title, "score": 1.0, "passage": 0}
        return {"hits": [hit] if "carte" in body["query"] else [], "rejected": [], "confidence": 0.8, "snapshot": "s1"}

    @app.get("/entries/F1")
    async def entry() -> Entry:
        return ENTRY

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"snapshot": "s1"}

    return app


class Console:
    """A supervisor at the console."""

    def __init__(self, service: Guichet, staff: Staff, headers: dict[str, str]) -> None:
        self.http, self.staff, self.headers = service.http, staff, headers
        self.frames: list[dict[str, Any]] = []

    async def get(self, path: str) -> Any:
        found = await self.http.get(_BASE + path, headers=self.headers)
        assert found.status_code == 200, found.text
        return found.json()

    async def do(self, handoff: str, move: str, **body: Any) -> httpx.Response:
        if move != "claim":
            body |= {"fencing": (await self.get(f"/handoffs/{handoff}"))["handoff"]["fencing"]} if "text" not in body else {}
        return await self.http.post(f"{_BASE}/handoffs/{handoff}/{move}", json=body or None, headers=self.headers)

    async def saw(self, what: str, /, **wanted: Any) -> dict[str, Any]:
        """The first frame of this kind with a row (or itself) that has all of ``wanted``."""

        async def found() -> dict[str, Any] | None:
            for frame in self.frames:
                rows = [*frame.get("rows", ()), *frame.get("changed", ()), frame]
                if frame["type"] == what and any(wanted.items() <= row.items() for row in rows):
                    return frame
            return None

        seen: dict[str, Any] = await until(found)
        return seen


@asynccontextmanager
async def sitting(
    service: Guichet, database: Database, settings: Settings, name: str, **more: Any
) -> AsyncIterator[tuple[Console, Any]]:
    """``name`` with an open console; the socket, to send frames."""
    staff = await make_staff(database, Role.SUPERVISOR, email=f"{name}@mairie.example", name=name, **more)
    headers = await sign_in(database, settings, staff)
    console = Console(service, staff, headers)
    address = f"ws://127.0.0.1:{settings.port}{_BASE}/socket"
    asked = {key: headers[key] for key in ("Cookie",)}
    async with websockets.connect(address, additional_headers=asked, origin=headers["Origin"]) as socket:  # type: ignore[arg-type]

        async def read() -> None:
            async for data in socket:
                console.frames.append(orjson.loads(data))

        reader = asyncio.create_task(read())
        await socket.send('{"type": "beat", "available": true}')
        await console.saw("beat")
        yield console, socket
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def test_strangers_and_other_roles_see_nothing(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        for path in ("/handoffs", "/replies", "/labels", "/colleagues", "/reaching"):
            assert (await service.http.get(_BASE + path)).status_code == 401
        editor = await make_staff(database, Role.EDITOR)
        headers = await sign_in(database, settings, editor)
        assert (await service.http.get(f"{_BASE}/handoffs", headers=headers)).status_code == 403
        assert (await service.http.get("/desk/service", headers=headers)).status_code == 403
        with pytest.raises(websockets.exceptions.WebSocketException):
            async with websockets.connect(f"ws://127.0.0.1:{settings.port}{_BASE}/socket") as socket:
                await socket.recv()


async def test_from_the_list_to_the_answer_and_back(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        served(search_app(), settings.actions_port),
        working(settings),
        sitting(service, database, settings, "Anne") as (anne, _),
        sitting(service, database, settings, "Paul") as (paul, socket),
    ):
        citizen = await service.citizen()
        await ask(citizen, "carte\u200b perdue")
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        await anne.saw("rows", state="waiting", subject="carte perdue", channel="web", language="fr")
        told = [
            (line["text"], line["hidden"])
            for line in (await anne.get(f"/handoffs/{row.id}"))["lines"]
            if line["who"] == "citizen"
        ]
        assert told == [("carte perdue", True), ("humain", False)]
        assert service.rasa.handled[0][1] == "carte perdue"

        assert (await anne.do(row.id, "claim")).status_code == 200
        await paul.saw("rows", state="claimed", owner_name="Anne")
        lost = await paul.do(row.id, "claim")
        assert lost.status_code == 409
        assert "Anne" in lost.json()["detail"]

        view = await anne.get(f"/handoffs/{row.id}")
        bot = next(line for line in view["lines"] if line["who"] == "bot")
        assert (bot["outcome"], bot["entry"], bot["confidence"]) == ("answered", "F1", 0.9)
        assert [line["who"] for line in view["lines"]][-1] == "notice"

        found = await service.http.post(f"{_BASE}/search", json={"text": "carte"}, headers=anne.headers)
        (hit,) = found.json()
        assert (hit["entry"], hit["confidence"]) == ("F1", 0.8)
        said = await anne.do(row.id, "reply", text="Voici.", entry="F1", fencing=view["handoff"]["fencing"])
        assert said.status_code == 201, said.text
        (last,) = [turn["reply"] for turn in (await citizen.history())[-1:]]
        assert [block["type"] for block in last["blocks"]] == ["text", "answer"]
        assert last["blocks"][1]["snapshot"] == "s1"
        assert "author" not in last  # the citizen reads the service's words only
        assert (await anne.get(f"/handoffs/{row.id}"))["lines"][-1]["author"] == "Anne"

        await socket.send(orjson.dumps({"type": "watch", "conversations": [citizen.conversation]}).decode())
        await ask(citizen, "merci, mais encore ?")
        await anne.saw("rows", unread=1)
        assert (await anne.do(row.id, "read")).status_code == 204
        moved = await anne.do(row.id, "transfer", to=paul.staff.id, note="Tu connais le dossier")
        assert moved.status_code == 200, moved.text
        assert (await anne.do(row.id, "reply", text="encore", fencing=1)).status_code == 409
        assert [note["kind"] for note in (await paul.get(f"/handoffs/{row.id}"))["notes"]] == ["transfer"]
        assert (await paul.do(row.id, "close", to_bot=True, summary="Rendez-vous pris")).status_code == 200
        await until(lambda: _gone(anne, row.id))
        assert (await ask(citizen, "passeport"))["outcome"] == "answered"
        assert (await anne.get("/handoffs")) == []
        for words in ("", "CARTE perdue", "merci paul", "pris"):  # the subject, the citizen's words, the owner, a note
            (over,) = await anne.get(f"/handoffs/ended?words={words}")
            assert (over["id"], over["state"], over["owner_name"]) == (row.id, "returned", "Paul"), words
        assert await anne.get("/handoffs/ended?words=carte%20introuvable") == []


async def _gone(console: Console, handoff: str) -> bool:
    return any(handoff in frame.get("gone", ()) for frame in console.frames)


async def test_what_the_citizen_saw_and_that_they_write(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        working(settings),
        sitting(service, database, settings, "Anne") as (anne, console_socket),
    ):
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        await anne.do(row.id, "claim")
        await console_socket.send(orjson.dumps({"type": "watch", "conversations": [citizen.conversation]}).decode())
        await anne.do(row.id, "reply", text="Bonjour", fencing=1)
        view = await anne.get(f"/handoffs/{row.id}")
        said = view["lines"][-1]
        assert view["seen_seq"] < said["seq"]
        async with websockets.connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as socket:
            await socket.send(orjson.dumps({"type": "hello", "token": citizen.token, "after": said["seq"]}).decode())
            await socket.recv()
            await socket.send('{"type": "typing"}')
            await anne.saw("news", what="citizen")
            await socket.send(orjson.dumps({"type": "seen", "seq": said["seq"]}).decode())
            await anne.saw("news", what="seen")
            await console_socket.send(orjson.dumps({"type": "typing", "conversation": citizen.conversation}).decode())
            while orjson.loads(await socket.recv())["type"] != "typing":
                pass
        assert (await anne.get(f"/handoffs/{row.id}"))["seen_seq"] == said["seq"]


async def test_notes_labels_replies_and_colleagues(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        working(settings),
        sitting(service, database, settings, "Anne", capacity=2) as (anne, _),
    ):
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        async with database.write() as session:
            await set_team(session, "urbanisme", themes=[], languages=[], actor="anne")

        async def post(path: str, **body: Any) -> int:
            return (await service.http.post(_BASE + path, json=body, headers=anne.headers)).status_code

        assert await post(f"/handoffs/{row.id}/notes", text="À suivre") == 201
        assert await post(f"/handoffs/{row.id}/labels", text="Urgent") == 201
        view = await anne.get(f"/handoffs/{row.id}")
        assert (view["labels"], view["notes"][0]["text"], view["notes"][0]["author"]) == (["urgent"], "À suivre", "Anne")
        away = await service.http.request("DELETE", f"{_BASE}/handoffs/{row.id}/labels?text=urgent", headers=anne.headers)
        assert away.status_code == 204
        assert await post("/replies", shortcut="bonjour", language="fr", text="Bonjour.") == 201
        assert await post("/replies", shortcut="Pas Bon", language="fr", text="Bonjour.") == 422
        (saved,) = await anne.get("/replies")
        assert saved["deletable"]
        other = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR, email="paul@mairie.example"))
        (seen,) = (await service.http.get(f"{_BASE}/replies", headers=other)).json()
        assert not seen["deletable"]
        refused = await service.http.delete(f"{_BASE}/replies/{saved['id']}", headers=other)
        assert refused.status_code == 403
        gone = await service.http.delete(f"{_BASE}/replies/{saved['id']}", headers=anne.headers)
        assert gone.status_code == 204
        found = await anne.get("/colleagues")
        assert (found["people"][0]["name"], found["people"][0]["capacity"], found["teams"]) == ("Anne", 2, ["urbanisme"])
        assert await post("/search", text="carte") == 503  # nothing answers there


async def test_whoever_waits_is_told_when_their_place_changes(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        first, second = await service.citizen(), await service.citizen()
        await ask(first, "humain")
        await ask(second, "humain")
        assert (await service.http.get("/api/web/history", headers=second.headers)).json()["queue"]["place"] == 2
        ahead, behind = await handoffs(database)
        async with websockets.connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as socket:
            await socket.send(orjson.dumps({"type": "hello", "token": second.token}).decode())

            async def told() -> dict[str, Any]:
                while True:
                    frame: dict[str, Any] = orjson.loads(await socket.recv())
                    if frame["type"] == "queue":
                        return frame

            async with asyncio.timeout(30):
                assert "place dans la file d’attente\N{NO-BREAK SPACE}: 2" in (await told())["text"]
                await desk.claim(ahead.id, "anne")
                assert "place dans la file d’attente\N{NO-BREAK SPACE}: 1" in (await told())["text"]
                await desk.claim(behind.id, "paul")
                assert await told() == {"type": "queue", "place": None, "minutes": None, "text": ""}


async def test_an_administrator_makes_changes_and_deletes_teams(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        admin = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))
        await make_staff(database, Role.SUPERVISOR, name="Anne", teams=["logement"])

        async def post(path: str, **form: Any) -> httpx.Response:
            return await service.http.post(path, data=form | {"csrf": admin["X-CSRF-Token"]}, headers=admin)

        made = await post("/desk/teams", name="Logement", new="1", themes="Logement, impôts,Logement", languages=["fr", "xx"])
        assert made.headers["location"] == "/desk/teams?done=team_kept"
        async with database.read() as session:
            (team,) = await teams(session)
        assert (team.name, team.themes, team.languages) == ("logement", ["Logement", "impôts"], ["fr"])
        page = (await service.http.get("/desk/teams", headers=admin)).text
        assert "Membres\N{NO-BREAK SPACE}: Anne." in page
        assert (await post("/desk/teams", name="a b", new="1")).status_code == 422
        kept = await post("/desk/teams", name="supprimee", themes="x")
        assert kept.headers["location"] == "/desk/teams?failed=team_unknown", "it was deleted in another tab"
        again = await post("/desk/teams", name="Logement", new="1")
        assert (again.status_code, "porte déjà ce nom" in again.text) == (422, True), "what it was for stays"
        async with database.read() as session:
            assert (await teams(session))[0].themes == ["Logement", "impôts"]
        assert "Personne n’est dans cette équipe" not in page
        await post("/desk/teams", name="vide", new="1")
        assert "Personne n’est dans cette équipe" in (await service.http.get("/desk/teams", headers=admin)).text
        await post("/desk/teams/vide/delete")
        gone = await post("/desk/teams/logement/delete")
        assert gone.headers["location"].endswith("team_dropped")
        assert (await post("/desk/teams/logement/delete")).headers["location"].endswith("team_unknown")
        supervisor = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR, email="b@mairie.example"))
        assert (await service.http.get("/desk/teams", headers=supervisor)).status_code == 403


async def test_the_pages_are_served_and_service_control_is_the_administrators(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        supervisor = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
        page = await service.http.get("/desk/conversations", headers=supervisor)
        assert page.status_code == 200
        assert "console.js" in page.text
        told = (await service.http.get(f"{_BASE}/reaching", headers=supervisor)).json()
        assert told["line"].startswith("Qui demande une personne")
        assert settings.contact in told["said"]
        admin = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))
        put = await service.http.put("/api/desk/service/banner", json={"fr": "Fermé lundi."}, headers=admin)
        assert put.status_code == 204
        assert "Fermé lundi." in (await service.http.get("/desk/service", headers=admin)).text
        ending = {"name": "banner", "fr": "Fermé lundi.", "until": "2099-12-24T18:00", "csrf": admin["X-CSRF-Token"]}
        assert (await service.http.post("/desk/service", data=ending, headers=admin)).status_code == 303
        shown = (await service.http.get("/desk/service", headers=admin)).text
        assert "Se termine le 24 décembre 2099" in shown
        assert 'value="2099-12-24T18:00"' in shown
        for wrong in ("2020-01-01T00:00", "demain"):
            refused = await service.http.post("/desk/service", data=ending | {"until": wrong}, headers=admin)
            assert refused.status_code == 422
            assert "La fin est passée" in refused.text
        bad = await service.http.put("/api/desk/service/banner", json={"fr": " "}, headers=admin)
        assert bad.status_code == 422
        form = {"name": "banner", "clearing": "true", "csrf": admin["X-CSRF-Token"]}
        assert (await service.http.post("/desk/service", data=form, headers=admin)).status_code == 303
        assert (await service.http.delete("/api/desk/service/banner", headers=admin)).status_code == 404
        assert (await service.http.get("/api/desk/service", headers=admin)).json() == {"controls": {}}
