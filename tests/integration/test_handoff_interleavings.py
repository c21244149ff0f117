"""Bot, supervisors and citizen in random orders: the bot never speaks over a human. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.ports import Rendered
from conversations.record.opening import open_conversation
from conversations.signals.event_bus import EventBus
from conversations.signing import Signing
from conversations.turn_contracts import Overtaken
from conversations.wording import Wording
from conversations.worker.transactions import begin_next, commit_reply, take_conversation
from core.database import Database
from core.database.models import Handoff, Message, Reply
from core.handoff import Kind, Reason, State
from core.privacy.addresses import Addresses
from core.settings import ROOT
from core.turns import Origin, Outcome, TextBlock, Turn
from supervision.handoffs.handoff_actions import Refused
from supervision.handoffs.handoff_updates import HandoffUpdates
from supervision.handoffs.record import is_claimed
from supervision.handoffs.supervisor_actions import SupervisorActions
from tests.integration.channels_support import settings_for

_MESSAGES = 6
_LEASE = timedelta(seconds=30)
_ANSWER = Turn(outcome=Outcome.ANSWERED, blocks=(TextBlock(text="Réponse."),))
_SIGNING = Signing("key")


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording.load(ROOT / "domain.yml")


async def _pause(chance: random.Random) -> None:
    for _ in range(chance.randrange(12)):
        await asyncio.sleep(0)


async def _bot(database: Database, before_commit: HandoffUpdates, conversation: str, chance: random.Random) -> None:
    """What the worker does: asks the record, thinks, and commits whatever came of it."""
    taken = await take_conversation(database, conversation, "worker", _LEASE)
    while taken is not None:
        turn = Turn(outcome=Outcome.HUMAN) if await is_claimed(database, conversation) else _ANSWER
        await _pause(chance)  # time in which a supervisor may claim, or leave
        with suppress(Overtaken):
            async with database.write() as session:
                await commit_reply(
                    session,
                    taken,
                    turn,
                    Rendered(""),
                    signing=_SIGNING,
                    lease=_LEASE,
                    before_commit=before_commit,
                    render=lambda _: Rendered(""),
                )
                taken = await begin_next(session, taken.lease)
        await _pause(chance)


async def _supervisor(desk: SupervisorActions, handoff: str, name: str, chance: random.Random) -> None:
    for _ in range(2):
        await _pause(chance)
        try:
            claim = await desk.claim(handoff, name)
            for number in range(chance.randrange(3)):
                await _pause(chance)
                await desk.reply(claim, f"{name} {number}")
            await _pause(chance)
            await chance.choice((desk.release, desk.close, _hand_back(desk)))(claim)
        except Refused:
            continue


def _hand_back(desk: SupervisorActions):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return lambda claim: desk.close(claim, to_bot=True)


@pytest.mark.parametrize("rounds", [30, pytest.param(100, marks=pytest.mark.long)])
async def test_the_bot_never_speaks_over_a_human(
    database: Database, wording: Wording, tmp_path_factory: pytest.TempPathFactory, rounds: int
) -> None:
    settings = settings_for("", "redis://127.0.0.1:1", tmp_path_factory.mktemp("home"))  # no Redis: SQL alone decides
    spoken = wording.filled_from(settings)
    ends = {spoken.text(f"gateway_handoff_{move}") for move in ("released", "closed", "returned")}
    begins = spoken.text("gateway_handoff_claimed")
    event_bus = EventBus(settings.redis_address)
    desk, before_commit = SupervisorActions(database, event_bus, spoken, {}), HandoffUpdates(spoken, Addresses("key"))
    claims = silenced = 0
    for seed in range(rounds):
        chance = random.Random(seed)
        conversation, handoff = await _round(database, seed)
        await asyncio.gather(
            _bot(database, before_commit, conversation, chance),
            _supervisor(desk, handoff, "anne", chance),
            _supervisor(desk, handoff, "paul", chance),
        )
        async with database.read() as session:
            rows = (
                await session.execute(
                    select(Reply.outcome, Reply.blocks).where(Reply.conversation_id == conversation).order_by(Reply.seq)
                )
            ).all()
        held = False
        owners: set[str] = set()
        for outcome, blocks in rows:
            text = blocks[0]["text"] if blocks else ""
            if text == begins:
                assert not held, f"seed {seed}: two claims at once"
                held, owners, claims = True, set(), claims + 1
            elif text in ends:
                assert held
                held = False
            elif outcome == Outcome.HUMAN and text:
                assert held, f"seed {seed}: a human spoke without a claim"
                owners.add(text.split()[0])
                assert len(owners) == 1, f"seed {seed}: two humans under one claim"
            elif outcome == Outcome.HUMAN:
                silenced += 1
                assert held, f"seed {seed}: silent although nobody answers"
            else:
                assert not held, f"seed {seed}: the bot spoke over the human"
    await event_bus.close()
    assert claims > rounds  # the interleavings are not all the same
    assert 0 < silenced < rounds * _MESSAGES


async def _round(database: Database, seed: int) -> tuple[str, str]:
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        session.add_all(
            Message(
                id=f"{seed}-{number}",
                conversation_id=conversation.id,
                external_id=str(number),
                dedup=f"{seed}-{number}",
                text="bonjour",
            )
            for number in range(_MESSAGES)
        )
        handoff = f"handoff{seed}"
        session.add(
            Handoff(id=handoff, conversation_id=conversation.id, kind=Kind.CHAT, state=State.WAITING, reason=Reason.ASKED)
        )
    return conversation.id, handoff
