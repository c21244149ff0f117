"""``./guichet teams``: the teams of supervisors, and which conversations each gets."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cli.database import run_on_ready_database
from cli.language import Refusal, pick, say, sentence
from cli.options import As, Json, actor
from conversations.wording import FRAMES
from core.database import Database
from core.languages import LANGUAGES
from core.settings import Settings
from supervision.handoffs.teams import drop_team, set_team, teams

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Its name: small letters, digits and -. Staff accounts name it too.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """The teams."""

    async def read(session: AsyncSession) -> list[dict[str, object]]:
        return [{"name": team.name, "themes": team.themes, "languages": team.languages} for team in await teams(session)]

    rows = _run(read)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        say("Il n'y a pas d'équipe : tout est à tous.", "There is no team: everything is everybody's.")
    for row in rows:
        themes, languages = (", ".join(map(str, row[key])) for key in ("themes", "languages"))  # type: ignore[call-overload]
        subjects = themes or pick("tous les sujets", "all subjects")
        print(f"{row['name']} : {subjects} ; {languages or pick('toutes langues', 'any language')}")


@app.command("set")
def set_(
    name: Name,
    themes: Annotated[str, typer.Option(help="Themes of pages, separated by commas; empty: what no other team takes.")] = "",
    languages: Annotated[str, typer.Option(help="Languages (fr,en …), separated by commas; empty: any.")] = "",
    who: As = "",
) -> None:
    """Create or change a team."""
    spoken = _parts(languages)
    unknown = [language for language in spoken if language not in (*LANGUAGES, *FRAMES)]
    if unknown:
        raise Refusal(f"Langue inconnue : {', '.join(unknown)}.", f"Unknown language: {', '.join(unknown)}.")

    async def put(session: AsyncSession) -> None:
        await set_team(session, name, themes=_parts(themes), languages=spoken, actor=actor(who))

    try:
        _run(put)
    except ValueError:
        raise Refusal(*sentence("team_name_malformed")) from None
    say("C'est enregistré.", "Saved.")


@app.command()
def drop(name: Name, who: As = "") -> None:
    """Delete a team: what waits for it is everybody's again."""

    async def drop_it(session: AsyncSession) -> bool:
        return await drop_team(session, name, actor=actor(who))

    if not _run(drop_it):
        raise Refusal(f"Il n'y a pas d'équipe « {name} ».", f"There is no team '{name}'.")
    say("C'est supprimé.", "Deleted.")


def _run[T](act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def in_transaction(database: Database) -> T:
        async with database.write() as session:
            return await act(session)

    return run_on_ready_database(Settings().sql_url, in_transaction)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
