"""``./guichet control``: speak to all citizens at once, or switch a channel off. Each act is in the audit."""

import json
from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import As, Json, actor
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
Until = Annotated[str, typer.Option("--until", help="When it ends by itself: 2026-12-24 or 2026-12-24T18:00.")]
Clear = Annotated[bool, typer.Option("--clear", help="Take it away.")]


@app.command()
def banner(
    text: Text = "", english: English = "", until: Until = "", clear: Clear = False, who: As = "", as_json: Json = False
) -> None:
    """Announce something to everybody."""
    _put("banner", text, english, until, clear=clear, who=who, as_json=as_json)


@app.command()
def emergency(
    text: Text = "", english: English = "", until: Until = "", clear: Clear = False, who: As = "", as_json: Json = False
) -> None:
    """Give an urgent message on every channel."""
    _put("emergency", text, english, until, clear=clear, who=who, as_json=as_json)


@app.command()
def off(
    channel: Channel,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a French sentence that citizens read.")],
    english: English = "",
    until: Until = "",
    who: As = "",
    as_json: Json = False,
) -> None:
    """Switch the assistant off on a channel."""
    _put(OFF[channel], reason, english, until, clear=False, who=who, as_json=as_json)


@app.command()
def on(channel: Channel, who: As = "", as_json: Json = False) -> None:
    """Switch the assistant on again, on a channel."""
    _put(OFF[channel], "", "", "", clear=True, who=who, as_json=as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """Show what is announced, and what is off."""

    async def present(database: Database) -> ServiceState:
        async with database.read() as session:
            return await read(session)

    _show(run_on_database(Settings().sql_url, present), as_json=as_json)


def _put(name: Name, text: str, english: str, until: str, *, clear: bool, who: str, as_json: bool) -> None:
    ends = _moment(until)

    async def change(database: Database) -> ServiceState:
        async with database.write() as session:
            if clear:
                await clear_control(session, name, actor=actor(who))
            else:
                await set_control(session, name, text_fr=text, text_en=english, until=ends, actor=actor(who))
            return await read(session)

    try:
        state = run_on_database(Settings().sql_url, change)
    except BadControl as bad:
        raise Refusal(*sentence(f"control_{bad.reason}", characters=MOST_CHARACTERS)) from None
    _show(state, as_json=as_json)


def _moment(text: str) -> datetime | None:
    """Returns the end that ``text`` names, in the administration's time: a day alone ends with it. ``None`` if it is empty."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(*sentence("control_past")) from None
    if len(text) <= len("2026-12-24"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=Settings().opening.zone)


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
        end = f" → {control.until:%Y-%m-%d %H:%M}" if control.until else ""
        print(f"{names[name]} ({control.author}, {control.since:%Y-%m-%d %H:%M}{end} UTC) : {control.text_fr}{english}")
