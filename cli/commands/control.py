"""``./guichet control``: speak to all citizens at once, or switch a channel off. Each act is in the audit."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cli.language import Refusal, pick, say
from conversations.service_control.controls import (
    MOST_CHARACTERS,
    OFF,
    BadControl,
    Name,
    ServiceState,
    clear_control,
    read,
    set_control,
)
from core.channels import ChannelName
from core.database import Database
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)
Channel = Annotated[ChannelName, typer.Argument(help="web or sms.")]
Text = Annotated[str, typer.Argument(help="What to say to everybody, in French.")]
English = Annotated[str, typer.Option("--en", help="The same in English; without it, French is shown to everybody.")]
Clear = Annotated[bool, typer.Option("--clear", help="Take it away.")]
As = Annotated[str, typer.Option("--as", help="Who acts, for the audit (default: your account on this machine).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def banner(text: Text = "", english: English = "", clear: Clear = False, who: As = "", as_json: Json = False) -> None:
    """Announce something to everybody."""
    _put("banner", text, english, clear=clear, who=who, as_json=as_json)


@app.command()
def emergency(text: Text = "", english: English = "", clear: Clear = False, who: As = "", as_json: Json = False) -> None:
    """Give an urgent message on every channel."""
    _put("emergency", text, english, clear=clear, who=who, as_json=as_json)


@app.command()
def off(
    channel: Channel,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a French sentence that citizens read.")],
    english: English = "",
    who: As = "",
    as_json: Json = False,
) -> None:
    """Switch the assistant off on a channel."""
    _put(OFF[channel], reason, english, clear=False, who=who, as_json=as_json)


@app.command()
def on(channel: Channel, who: As = "", as_json: Json = False) -> None:
    """Switch the assistant on again, on a channel."""
    _put(OFF[channel], "", "", clear=True, who=who, as_json=as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """What is announced, and what is off."""
    _show(_run(read, write=False), as_json=as_json)


def _put(name: Name, text: str, english: str, *, clear: bool, who: str, as_json: bool) -> None:
    actor = (who or getpass.getuser())[:64]

    async def act(session: AsyncSession) -> ServiceState:
        if clear:
            await clear_control(session, name, actor=actor)
        else:
            await set_control(session, name, text_fr=text, text_en=english, actor=actor)
        return await read(session)

    try:
        state = _run(act, write=True)
    except BadControl as bad:
        raise _refusal(bad) from None
    _show(state, as_json=as_json)


def _run(act: Callable[[AsyncSession], Awaitable[ServiceState]], *, write: bool) -> ServiceState:
    async def run() -> ServiceState:
        database = Database(Settings().sql_url)
        try:
            async with database.write() if write else database.read() as session:
                return await act(session)
        finally:
            await database.close()

    return asyncio.run(run())


def _refusal(bad: BadControl) -> Refusal:
    fr, en = {
        "blank": ("Dites quoi, en français : le texte est vide.", "Say what, in French: the text is empty."),
        "too_long": (
            f"Le texte dépasse {MOST_CHARACTERS} caractères : raccourcissez-le.",
            f"The text is longer than {MOST_CHARACTERS} characters: shorten it.",
        ),
        "personal": (
            "Le texte contient un numéro de sécurité sociale, de compte ou de carte : retirez-le.",
            "The text has somebody's social security, account or card number: take it out.",
        ),
    }[bad.reason]
    return Refusal(fr, en)


def _show(state: ServiceState, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({name: control.model_dump(mode="json") for name, control in sorted(state.controls.items())}))
        return
    if not state.controls:
        say("Rien n'est annoncé, tous les canaux répondent.", "Nothing is announced, all channels answer.")
    names = {
        "banner": pick("Annonce", "Announcement"),
        "emergency": pick("Message urgent", "Urgent message"),
        "off:web": pick("Site arrêté", "Website off"),
        "off:sms": pick("SMS arrêtés", "SMS off"),
    }
    for name, control in sorted(state.controls.items()):
        english = f" / {control.text_en}" if control.text_en else ""
        print(f"{names[name]} ({control.author}, {control.since:%Y-%m-%d %H:%M} UTC) : {control.text_fr}{english}")
