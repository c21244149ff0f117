"""``./guichet handoffs``: the supervisor's actions from a terminal, directly on the database (the gateway need not run)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from channels.rendering.text import TextRenderer
from channels.sms.rendering import SmsRenderer
from cli.language import Refusal, pick, say, sentence
from cli.options import As, Json, actor
from cli.tables import add_columns
from conversations.signals.event_bus import EventBus
from conversations.wording import Wording
from core.database import Database
from core.handoff import Kind
from core.identity.conversation_access import record_read
from core.privacy.addresses import Addresses
from core.privacy.logs import configure_logs
from core.settings import ROOT, Settings
from supervision.handoffs.handoff_actions import Claim, Refused
from supervision.handoffs.listing import ListedHandoff, find_by_prefix, held_lines, list_handoffs, number_of, transcript
from supervision.handoffs.mail_answers import MailAnswers
from supervision.handoffs.supervisor_actions import REPLY_CHARACTERS, SupervisorActions

_SEGMENTS = 10  # the longest human reply by SMS

app = typer.Typer(no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="Its id, or the beginning of it, as `list` shows it.")]


@dataclass(frozen=True)
class Session:
    """The context of a command. ``who`` is the supervisor."""

    settings: Settings
    database: Database
    desk: SupervisorActions
    text: TextRenderer
    who: str

    async def handoff(self, identifier: str) -> ListedHandoff:
        """Returns the handoff with this id, or beginning of one. Raises ``Refused``."""
        listed = await find_by_prefix(self.database, identifier)
        if listed is None:
            raise Refused("unknown")
        return listed

    async def claim(self, handoff: str) -> Claim:
        """Returns this supervisor's claim on ``handoff`` in its present state. The action itself checks whether it is valid."""
        listed = await self.handoff(handoff)
        return Claim(listed.id, self.who, listed.fencing)


@app.command("list")
def list_(ended: Annotated[bool, typer.Option("--ended", help="Those that are over.")] = False, as_json: Json = False) -> None:
    """List the requests that wait, and who takes care of each."""
    rows = _run("", lambda session: list_handoffs(session.database, ended=ended))
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows)


@app.command()
def show(handoff: Id, who: As = "", as_json: Json = False) -> None:
    """The conversation, and the number for its owner."""

    async def read_transcript(session: Session) -> dict[str, Any]:
        listed = await session.handoff(handoff)
        async with session.database.write() as writing:
            await record_read(writing, session.who, listed.conversation, by="command")
        number = None
        if (listed.kind, listed.state, listed.owner) == (Kind.CALL_BACK, "claimed", session.who):
            addresses = Addresses(*session.settings.address_keys)
            number = await number_of(session.database, addresses, await session.claim(handoff))
        lines = await transcript(session.database, listed.conversation, session.text)
        lines += await held_lines(session.database, listed, session.text)
        return {**listed.model_dump(mode="json"), "call": number, "lines": [line.model_dump(mode="json") for line in lines]}

    found = _run(who, read_transcript)
    if as_json:
        _print_json(found)
        return
    for line in found["lines"]:
        who = " ".join(part for part in (line["who"], line["author"]) if part)
        print(f"{line['at'][:16].replace('T', ' ')} {who:8} {line['text']}")
    if found["call"]:
        print(f"{pick('À rappeler', 'Call back')} : {found['call']} {found['best_time']}")


@app.command()
def claim(handoff: Id, who: As = "", as_json: Json = False) -> None:
    """Take a request: the assistant falls silent."""
    _act(handoff, who, lambda desk, claim: desk.claim(claim.handoff, claim.owner), as_json, "done_claimed")


@app.command()
def reply(handoff: Id, text: Annotated[str, typer.Argument(help="What to say.")], who: As = "", as_json: Json = False) -> None:
    """Answer the citizen, on their channel."""
    _act(handoff, who, lambda desk, claim: desk.reply(claim, text), as_json, "done_sent")


@app.command()
def approve(handoff: Id, who: As = "", as_json: Json = False) -> None:
    """Let the first answer that waits for a check out as it is."""
    _act(handoff, who, lambda desk, claim: desk.approve(claim, ""), as_json, "done_sent")


@app.command()
def refuse(handoff: Id, who: As = "", as_json: Json = False) -> None:
    """Refuse the first answer that waits for a check."""
    _act(handoff, who, lambda desk, claim: desk.refuse(claim, ""), as_json, "done_refused")


@app.command()
def release(handoff: Id, who: As = "", as_json: Json = False) -> None:
    """Put a request back into the queue."""
    _act(handoff, who, lambda desk, claim: desk.release(claim), as_json, "done_released")


@app.command()
def transfer(
    handoff: Id,
    to: Annotated[str, typer.Argument(help="A supervisor who is there, or team:NAME.")],
    note: Annotated[str, typer.Argument(help="What they have to know; citizens do not see it.")],
    who: As = "",
    as_json: Json = False,
) -> None:
    """Hand a request over to a colleague or a team, with a note."""
    _act(handoff, who, lambda desk, claim: desk.transfer(claim, to, note), as_json, "done_transferred")


@app.command()
def close(
    handoff: Id,
    to_bot: Annotated[bool, typer.Option("--to-bot", help="Say that the assistant takes over again.")] = False,
    summary: Annotated[str, typer.Option("--summary", help="What was agreed: said to the citizen, and kept as a note.")] = "",
    who: As = "",
    as_json: Json = False,
) -> None:
    """End a request: the assistant answers again."""
    _act(handoff, who, lambda desk, claim: desk.close(claim, to_bot=to_bot, summary=summary), as_json, "done_closed")


def _act(
    handoff: str, who: str, act: Callable[[SupervisorActions, Claim], Awaitable[object]], as_json: bool, done: str
) -> None:
    """Does ``act`` on ``handoff``, and prints the result: its new state as JSON, or the sentence ``done``."""

    async def act_and_read(session: Session) -> ListedHandoff:
        await act(session.desk, await session.claim(handoff))
        return await session.handoff(handoff)

    listed = _run(who, act_and_read)
    if as_json:
        _print_json(listed)
    else:
        say(*sentence(done))


def _run[T](who: str, work: Callable[[Session], Awaitable[T]]) -> T:
    async def run() -> T:
        async with _session(who) as session:
            return await work(session)

    try:
        return asyncio.run(run())
    except Refused as refused:
        raise _refusal(refused) from None


@asynccontextmanager
async def _session(who: str) -> AsyncIterator[Session]:
    settings = Settings()
    configure_logs("cli", level=logging.ERROR)  # standard output is for programs; Redis is not required
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    event_bus = EventBus(settings.redis_address)
    sms = SmsRenderer(wording, max_segments=_SEGMENTS, keep_accents=settings.sms_keep_accents)
    async with Database(settings.sql_url) as database:
        try:
            desk = SupervisorActions(database, event_bus, wording, {"sms": sms}, mail=MailAnswers(settings, wording))
            yield Session(settings, database, desk, TextRenderer(wording), actor(who))
        finally:
            await event_bus.close()


def _refusal(refused: Refused) -> Refusal:
    name = f"handoff_{refused.reason}"
    return Refusal(*sentence(name, owner=refused.owner or "—", characters=REPLY_CHARACTERS))


def _print_json(value: object) -> None:
    print(orjson.dumps(value, default=lambda model: model.model_dump(mode="json")).decode())


def _print_table(rows: list[ListedHandoff]) -> None:
    if not rows:
        say("Personne n'attend.", "Nobody is waiting.")
        return
    table = Table(box=None)
    add_columns(table, "id|état||sujet|canal|depuis|", "id|state||subject|channel|since|")
    for row in rows:
        table.add_row(
            row.id[:8],
            row.state + ("" if row.place is None else f" {row.place}"),
            ("! " if row.alert else "") + row.kind,
            " ".join(part for part in (row.subject, row.number, row.best_time) if part),
            f"{row.channel} {row.language} ({row.origin})",
            f"{row.created_at:%Y-%m-%d %H:%M}",
            row.owner or "",
        )
    Console().print(table)
