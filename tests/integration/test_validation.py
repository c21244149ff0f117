"""Validate before sending: answers about chosen subjects wait for a supervisor's word. On both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.audit.queries import newest
from core.database import Database
from core.database.base import now
from core.database.models import HeldAnswer
from core.identity import Role
from core.settings import Settings
from supervision.approvals.subjects import set_subject
from supervision.handoffs.handoff_actions import Refused
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import guichet, served, settings_for, working
from tests.integration.handoff_support import ask, desk_of, handoffs, said_unasked
from tests.integration.test_console import search_app, sitting
from tests.waiting import until


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_provider="", desk_staffed=True, desk_hours="24/7")


@pytest.fixture
async def checked(database: Database) -> None:
    """Answers about F1, the only page that the engine of these tests knows, are checked."""
    async with database.write() as session:
        await set_subject(session, "F1", 10, actor="chef")


async def _held(database: Database) -> list[HeldAnswer]:
    async with database.read() as session:
        return list((await session.execute(select(HeldAnswer).order_by(HeldAnswer.seq))).scalars())


@pytest.mark.usefixtures("checked")
async def test_an_answer_waits_is_let_out_and_is_not_held_again(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), sitting(service, database, settings, "Anne") as (anne, _):
        citizen = await service.citizen()
        reply = await ask(citizen, "carte perdue")
        assert reply["outcome"] == "handoff_waiting"
        assert "10 minutes" in reply["text"]
        assert (reply["entry"], [block["type"] for block in reply["blocks"]]) == ("", ["text"])
        assert (await ask(citizen, "répétez"))["outcome"] != "answered"  # what was not said is not repeated
        (row,) = await handoffs(database)
        assert (row.kind, row.state, row.reason, row.subject) == ("validation", "waiting", "subject", "carte perdue")

        refused = await anne.do(row.id, "approve", answer=(await _held(database))[0].id)
        assert refused.status_code == 409  # it has to be hers first
        assert (await anne.do(row.id, "claim")).status_code == 200
        (held,) = (await anne.get(f"/handoffs/{row.id}"))["held"]
        assert "Réponse à carte perdue" in held["text"]
        assert (held["question"], held["entry"], held["title"]) == ("carte perdue", "F1", "Carte d'identité")
        assert (await ask(citizen, "introuvable"))["outcome"] == "no_answer"  # the bot goes on meanwhile
        assert (await anne.do(row.id, "approve", answer=held["id"])).status_code == 201
        last = (await citizen.history())[-1]["reply"]
        assert (last["outcome"], last["entry"], last["snapshot"], last["confidence"]) == ("answered", "F1", "s1", 0.9)
        assert [block["type"] for block in last["blocks"]] == ["notice", "answer"]
        (row,) = await handoffs(database)
        assert row.state == "closed"
        view = await anne.get(f"/handoffs/{row.id}")
        assert (view["held"], view["lines"][-1]["who"], view["lines"][-1]["author"]) == ([], "checked", "Anne")
        assert (await ask(citizen, "carte perdue"))["outcome"] == "answered"
        assert (await ask(citizen, "passeport"))["outcome"] == "handoff_waiting"  # another passage
    acts = [(act.action, act.actor) for act in await newest(database, limit=50)]
    assert ("validation.set", "chef") in acts
    assert ("answer.approved", anne.staff.id) in acts


@pytest.mark.usefixtures("checked")
async def test_two_answers_of_one_citizen_are_replaced_and_refused(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        served(search_app(), settings.actions_port),
        working(settings),
        sitting(service, database, settings, "Anne") as (anne, _),
    ):
        citizen = await service.citizen()
        await ask(citizen, "carte perdue")
        await ask(citizen, "passeport")
        (row,) = await handoffs(database)
        await anne.do(row.id, "claim")
        first, second = (await anne.get(f"/handoffs/{row.id}"))["held"]
        said = await anne.do(row.id, "reply", text="En mairie.", entry="F1", answer=first["id"], fencing=1)
        assert said.status_code == 201, said.text
        assert (await anne.do(row.id, "approve", answer=first["id"])).status_code == 409
        assert (await handoffs(database))[0].state == "claimed"
        assert (await anne.do(row.id, "refuse", answer=second["id"])).status_code == 204
        assert (await handoffs(database))[0].state == "closed"
        texts = [block.get("text", "") for block in await said_unasked(database, citizen.conversation)]
        assert texts[0] == "En mairie."
        assert "ne peut pas la confirmer" in texts[-1]
        assert [held.state for held in await _held(database)] == ["changed", "refused"]


@pytest.mark.usefixtures("checked")
async def test_nobody_in_time_and_nobody_there(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings, sweep_seconds=0.1), desk_of(settings, database) as desk:
        citizen, other = await service.citizen(), await service.citizen()
        await ask(citizen, "carte perdue")
        await ask(other, "carte perdue")
        _, taken = await handoffs(database)
        claim = await desk.claim(taken.id, "anne")  # who is at it is not interrupted
        async with database.write() as session:
            await session.execute(update(HeldAnswer).values(due_at=now() - timedelta(seconds=1)))

        async def told() -> list[dict[str, Any]]:
            return await said_unasked(database, citizen.conversation)

        (notice,) = await until(told)
        assert "n’a pu vérifier à temps" in notice["text"]
        assert [row.state for row in await handoffs(database)] == ["closed", "claimed"]
        async with asyncio.TaskGroup() as group:  # two words at once: one counts
            words = [group.create_task(_tried(desk.approve(claim, ""))) for _ in range(2)]
        assert sorted(word.result() for word in words) in (["decided", "done"], ["done", "ended"])
        assert len([held for held in await _held(database) if held.state == "approved"]) == 1
    by_mail = {"smtp_host": "mail.example", "mail_from": "guichet@mairie.example"}
    for changes, told_instead, offered in (
        ({"desk_hours": "Mo 00:00-00:01"}, "L’équipe reprend", ["Demander un rappel"]),
        (
            {"desk_hours": "Mo 00:00-00:01"} | by_mail,
            "L’équipe reprend",
            ["Demander un rappel", "Recevoir la réponse par e-mail"],
        ),
        ({"desk_staffed": False}, "Adressez", []),
    ):
        closed = settings.model_copy(update=changes)
        async with guichet(closed) as service, working(closed):
            reply = await ask(await service.citizen(), "carte perdue")
            assert reply["outcome"] == "handoff_offline"
            assert told_instead in reply["text"]
            assert [option["label"] for block in reply["blocks"] for option in block.get("options", ())] == offered
            assert "Réponse à" not in reply["text"]


async def _tried(move: Any) -> str:
    try:
        await move
    except Refused as refused:
        return refused.reason
    return "done"


@pytest.mark.usefixtures("checked")
async def test_danger_never_waits_and_nobody_speaks_over_a_colleague(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        reply = await ask(citizen, "Mon mari me frappe, comment demander un logement ?")
        assert reply["outcome"] == "crisis"
        assert await _held(database) == []
        await ask(citizen, "carte perdue")
        await ask(citizen, "humain")
        chat, validation = sorted(await handoffs(database), key=lambda row: row.kind)
        await desk.claim(chat.id, "paul")
        claim = await desk.claim(validation.id, "anne")
        with pytest.raises(Refused, match="claimed") as refused:
            await desk.approve(claim, "")
        assert refused.value.owner == "paul"
        assert (await ask(citizen, "passeport"))["outcome"] == "human"  # nothing is held while a human has them


async def test_subjects_are_chosen_by_administrators(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        admin = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))

        async def post(**form: Any) -> tuple[int, str]:
            done = await service.http.post("/desk/validation", data=form | {"csrf": admin["X-CSRF-Token"]}, headers=admin)
            return done.status_code, done.headers.get("location", "")

        assert (await post(theme="Logement", minutes="15"))[1].endswith("validation_kept")
        page = (await service.http.get("/desk/validation", headers=admin)).text
        assert "Logement" in page
        assert "aucune fiche ne correspond" in page
        for theme, minutes in (("x", "15"), ("Logement", "0"), ("Logement", "demain"), ("Logement", "500")):
            assert (await post(theme=theme, minutes=minutes))[0] == 422, (theme, minutes)
        assert (await post(theme="Logement", dropping="true"))[1].endswith("validation_dropped")
        assert (await post(theme="Logement", dropping="true"))[1].endswith("validation_unknown")


async def test_page_without_anybody_at_the_desk_promises_no_check(settings: Settings, database: Database) -> None:
    alone = settings.model_copy(update={"desk_staffed": False})
    async with guichet(alone) as service:
        admin = await sign_in(database, alone, await make_staff(database, Role.ADMINISTRATOR))
        page = (await service.http.get("/desk/validation", headers=admin)).text
        assert "Personne n’est déclaré au poste" in page
        assert "attend qu’un superviseur" not in page
        form = {"theme": "Logement", "minutes": "15", "csrf": admin["X-CSRF-Token"]}
        done = await service.http.post("/desk/validation", data=form, headers=admin)
        assert done.headers["location"].endswith("validation_kept_unstaffed")
