"""The bot never speaks over the human: 200 random orders of everything that can happen, on SQLite, and on PostgreSQL when long.

Hypothesis picks the moves and, where one fails, finds the shortest order that does. A turn of the bot is two steps, between
which anything may come; two moves may also be made at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update

from conversations.ports import Rendered
from conversations.record.opening import open_conversation
from conversations.signals.event_bus import EventBus
from conversations.signing import Signing, new_id
from conversations.turn_contracts import Overtaken
from conversations.wording import Wording
from conversations.worker.lease import LeaseLost
from conversations.worker.transactions import TakenMessage, begin_next, commit_reply, take_conversation
from core.database import Database
from core.database.base import now
from core.database.models import Handoff, Message, Presence, Reply
from core.handoff import Kind, Reason, State
from core.privacy.addresses import Addresses
from core.settings import ROOT
from core.turns import HandoffRequest, Origin, Outcome, TextBlock, Turn
from supervision.handoffs.absence import release_abandoned
from supervision.handoffs.handoff_actions import Claim, Refused
from supervision.handoffs.handoff_updates import HandoffUpdates
from supervision.handoffs.presence import Duty, record_presence
from supervision.handoffs.record import is_claimed
from supervision.handoffs.supervisor_actions import SupervisorActions
from tests.integration.channels_support import settings_for
from tests.integration.databases import postgresql_when_long

_EXAMPLES, _STEPS = 200, 14
_LEASE = timedelta(seconds=60)
_NAMES = ("anne", "paul")
_SAYS = Turn(outcome=Outcome.ANSWERED, blocks=(TextBlock(text="Réponse."),))
_WAITS = Turn(outcome=Outcome.HANDOFF_WAITING, blocks=(TextBlock(text="Je demande."),), handoff=HandoffRequest(want="wait"))
names = st.sampled_from(_NAMES)


class Talk(RuleBasedStateMachine):
    """One conversation, its worker, two supervisors. ``world`` is set by the test."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.conversation = self.run(self.world.open())
        self.thinking: tuple[TakenMessage, Turn] | None = None
        self.claims: dict[str, Claim] = {}

    def run[T](self, work: Awaitable[T]) -> T:
        return self.world.runner.run(_awaited(work))

    @rule(wants_human=st.booleans())
    def the_citizen_writes(self, wants_human: bool) -> None:
        self.run(self.world.write(self.conversation, "humain" if wants_human else "question"))

    @rule()
    @precondition(lambda self: self.thinking is None)
    def the_bot_begins(self) -> None:
        self.thinking = self.run(self.world.begin(self.conversation))

    @rule()
    @precondition(lambda self: self.thinking is not None)
    def the_bot_answers(self) -> None:
        self.run(self._answer())

    @rule(name=names)
    def a_claim(self, name: str) -> None:
        self.run(self._claim(name))

    @rule(name=names)
    @precondition(lambda self: self.thinking is not None)
    def a_claim_while_the_bot_answers(self, name: str) -> None:
        self.run(asyncio_gather(self._answer, lambda: self._claim(name)))

    @rule()
    def both_claim(self) -> None:
        self.run(asyncio_gather(*(_with(self._claim, name) for name in _NAMES)))

    @rule(name=names)
    def a_reply(self, name: str) -> None:
        self.run(self._move(name, lambda desk, claim: desk.reply(claim, f"{name} parle.")))

    @rule(name=names, to_bot=st.booleans())
    def an_end(self, name: str, to_bot: bool) -> None:
        self.run(self._move(name, lambda desk, claim: desk.close(claim, to_bot=to_bot)))

    @rule(name=names)
    def a_release(self, name: str) -> None:
        self.run(self._move(name, lambda desk, claim: desk.release(claim)))

    @rule(name=names, other=names)
    def a_transfer(self, name: str, other: str) -> None:
        self.run(self._move(name, lambda desk, claim: desk.transfer(claim, other, "note")))

    @rule(name=names)
    def a_supervisor_disappears(self, name: str) -> None:
        self.run(self.world.disappear(name))

    @invariant()
    def one_speaks_at_a_time(self) -> None:
        if hasattr(self, "conversation"):
            self.world.judge(self.run(self.world.said(self.conversation)))

    async def _answer(self) -> None:
        assert self.thinking is not None
        taken, turn = self.thinking
        self.thinking = await self.world.commit(taken, turn)

    async def _claim(self, name: str) -> None:
        handoff = await self.world.handoff(self.conversation)
        if handoff is not None:
            with suppress(Refused):
                self.claims[name] = await self.world.desk.claim(handoff, name)

    async def _move(self, name: str, move: Callable[[SupervisorActions, Claim], Awaitable[Any]]) -> None:
        claim = self.claims.get(name)
        if claim is not None:
            with suppress(Refused):
                await move(self.world.desk, claim)


class World:
    """The record and everyone's tools."""

    def __init__(
        self, runner: asyncio.Runner, database: Database, desk: SupervisorActions, before_commit: HandoffUpdates, words: Wording
    ) -> None:
        self.runner, self.database, self.desk, self._settle = runner, database, desk, before_commit
        self._begins = {words.text("gateway_handoff_claimed")}
        self._changes = {words.text("gateway_handoff_transferred")}
        self._ends = {words.text(f"gateway_handoff_{move}") for move in ("released", "closed", "returned")}
        self.claims = self.silenced = self.spoken = 0

    async def open(self) -> str:
        async with self.database.write() as session:
            conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
            await session.flush()
            session.add(
                Handoff(id=new_id(), conversation_id=conversation.id, kind=Kind.CHAT, state=State.WAITING, reason=Reason.ASKED)
            )
        for name in _NAMES:
            await record_presence(self.database, Duty(name, 0), _LEASE)
        return conversation.id

    async def write(self, conversation: str, text: str) -> None:
        identifier = new_id()
        async with self.database.write() as session:
            session.add(
                Message(id=identifier, conversation_id=conversation, external_id=identifier, dedup=identifier, text=text)
            )

    async def begin(self, conversation: str) -> tuple[TakenMessage, Turn] | None:
        taken = await take_conversation(self.database, conversation, "worker", _LEASE)
        return None if taken is None else (taken, await self._decide(taken))

    async def commit(self, taken: TakenMessage, turn: Turn) -> tuple[TakenMessage, Turn] | None:
        """What the worker thinks about next."""
        try:
            async with self.database.write() as session:
                await commit_reply(
                    session,
                    taken,
                    turn,
                    Rendered(""),
                    signing=_SIGNING,
                    lease=_LEASE,
                    before_commit=self._settle,
                    render=lambda _: Rendered(""),
                )
                following = await begin_next(session, taken.lease)
        except Overtaken:
            return taken, await self._decide(taken)
        except LeaseLost:
            return None
        return None if following is None else (following, await self._decide(following))

    async def _decide(self, taken: TakenMessage) -> Turn:
        if await is_claimed(self.database, taken.conversation.id):
            return Turn(outcome=Outcome.HUMAN)
        return _WAITS if taken.message.text == "humain" else _SAYS

    async def handoff(self, conversation: str) -> str | None:
        async with self.database.read() as session:
            found = await session.execute(
                select(Handoff.id).where(Handoff.conversation_id == conversation).order_by(Handoff.seq.desc()).limit(1)
            )
            return found.scalar_one_or_none()

    async def disappear(self, name: str) -> None:
        async with self.database.write() as session:
            await session.execute(update(Presence).where(Presence.name == name).values(until=now() - timedelta(seconds=1)))
        await asyncio.gather(*(release_abandoned(self.database, self.desk) for _ in range(2)))

    async def said(self, conversation: str) -> list[tuple[str, list[dict[str, Any]]]]:
        async with self.database.read() as session:
            rows = await session.execute(
                select(Reply.outcome, Reply.blocks).where(Reply.conversation_id == conversation).order_by(Reply.seq)
            )
            return [(outcome, blocks) for outcome, blocks in rows]

    def judge(self, replies: list[tuple[str, list[dict[str, Any]]]]) -> None:
        """Between a claim and its end only its owner speaks."""
        held, speakers = False, set[str]()
        for outcome, blocks in replies:
            text = blocks[0]["text"] if blocks else ""
            if text in self._begins:
                assert not held, "two claims at once, or the citizen was told twice"
                held, speakers, self.claims = True, set(), self.claims + 1
            elif text in self._changes:
                assert held
                speakers = set()
            elif text in self._ends:
                assert held or text not in self._begins
                held = False
            elif outcome == Outcome.HUMAN and text:
                assert held, "a human spoke without a claim"
                speakers.add(text.split()[0])
                self.spoken += 1
                assert len(speakers) == 1, "two humans under one claim"
            elif outcome == Outcome.HUMAN:
                assert held, "silent although nobody answers"
                self.silenced += 1
            else:
                assert not held, "the bot spoke over the human"


_SIGNING = Signing("secret")


async def _awaited[T](work: Awaitable[T]) -> T:
    return await work


async def asyncio_gather(*moves: Callable[[], Awaitable[Any]]) -> None:
    await asyncio.gather(*(move() for move in moves))


def _with(move: Callable[[str], Awaitable[None]], name: str) -> Callable[[], Awaitable[None]]:
    return lambda: move(name)


@postgresql_when_long  # test_handoff_interleavings.py shows it there every time
def test_the_bot_never_speaks_over_the_human(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = settings_for("", "redis://127.0.0.1:1", tmp_path_factory.mktemp("home"))  # no Redis: SQL alone decides
    words = Wording.load(ROOT / "domain.yml").filled_from(parts)
    with asyncio.Runner() as runner:
        database, event_bus = Database(database_url), EventBus(parts.redis_address)
        world = World(
            runner, database, SupervisorActions(database, event_bus, words, {}), HandoffUpdates(words, Addresses("key")), words
        )
        Talk.world = world
        run_state_machine_as_test(
            Talk,
            settings=settings(
                max_examples=_EXAMPLES,
                stateful_step_count=_STEPS,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(_closed(database, event_bus))
    assert world.claims > _EXAMPLES  # what was tried is not all the same
    assert world.silenced
    assert world.spoken


async def _closed(database: Database, event_bus: EventBus) -> None:
    await event_bus.close()
    await database.close()
