"""``./guichet staff``: accounts of the desks, for the operator of the machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.tables import print_table
from core.audit.ledger import open_record
from core.database.models import StaffRow
from core.identity import IdentityError, Role, accounts, links
from core.settings import ROOT, Settings
from desk.words import Words

app = typer.Typer(no_args_is_help=True)
ACTOR = "command line"

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]


@app.command()
def invite(
    email: Email,
    role: Annotated[Role, typer.Option("--role", help="What the person may do.")] = Role.READER,
    name: Annotated[str, typer.Option("--name", help="Name, as colleagues read it.")] = "",
    collection: Annotated[list[str] | None, typer.Option("--collection", help="May edit this one only; repeat.")] = None,
    team: Annotated[list[str] | None, typer.Option("--team", help="Team of a supervisor; repeat.")] = None,
    language: Annotated[list[str] | None, typer.Option("--language", help="Language a supervisor answers in; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """Make an account and print the link with which its owner chooses a password, once."""
    settings = Settings()
    lists = {"collections": collection or [], "teams": team or [], "languages": language or []}

    async def work(session: AsyncSession) -> tuple[StaffRow, str]:
        days = settings.desk_invitation_days
        return await accounts.invite(session, email=email, role=role, actor=ACTOR, days=days, name=name, **lists)

    row, token = _run(settings, work)
    _print_link(settings, row, token, as_json=as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """All accounts."""
    rows = _run(Settings(), accounts.listed)
    if as_json:
        print(json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        return
    lines = []
    for row in rows:
        seen = f"{row.signed_in_at:%Y-%m-%d %H:%M}" if row.signed_in_at else "–"
        lines.append((row.email, row.name, row.role, _state(row), seen))
    print_table(("Adresse|Nom|Rôle|État|Dernière connexion", "Address|Name|Role|State|Last sign-in"), lines)


@app.command()
def disable(email: Email) -> None:
    """Close an account: its sessions end at once."""
    _run(Settings(), lambda session: _changed(session, email, accounts.disable))
    say(f"Le compte {email} est désactivé.", f"The account {email} is disabled.")


@app.command()
def enable(email: Email) -> None:
    """Open a disabled account again."""
    _run(Settings(), lambda session: _changed(session, email, accounts.enable))
    say(f"Le compte {email} est réactivé.", f"The account {email} is enabled.")


@app.command()
def reset(
    email: Email,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Replace the second factor too.")] = False,
    as_json: Json = False,
) -> None:
    """End the password and all sessions of an account, and print the link that sets a new one."""
    settings = Settings()

    async def work(session: AsyncSession) -> tuple[StaffRow, str]:
        row, days = await _account(session, email), settings.desk_invitation_days
        return row, await accounts.reset(session, row.id, actor=ACTOR, days=days, second_factor=second_factor)

    row, token = _run(settings, work)
    _print_link(settings, row, token, as_json=as_json)


@app.command("break-glass")
def break_glass(
    email: Email,
    hours: Annotated[float, typer.Option("--hours", min=0.1, max=72, help="How long the password is taken.")] = 2,
) -> None:
    """Accept an administrator's password for some hours where passwords are off and the identity provider is out."""
    settings = Settings()

    async def work(session: AsyncSession) -> tuple[StaffRow, str | None]:
        row = await _account(session, email)
        return row, await accounts.break_glass(session, row.id, actor=ACTOR, hours=hours)

    row, token = _run(settings, work)
    say(*sentence("break_glass_accepted", email=row.email, hours=hours))
    print(settings.base_url + (links.path(token) if token else "/desk/sign-in?break_glass=yes"))


def first_link(settings: Settings) -> str | None:
    """Returns the address at which the first administrator sets a password; ``None`` once there is one."""
    token = _run(settings, lambda session: links.first_administrator(session, days=settings.desk_invitation_days))
    return settings.base_url + links.path(token) if token else None


def _run[T](settings: Settings, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def in_transaction() -> T:
        async with open_record(settings) as database, database.write() as session:
            return await work(session)

    try:
        return asyncio.run(in_transaction())
    except IdentityError as error:
        words = Words.load({"desk": ROOT / "desk"})
        fr, en = (words.text("desk", f"desk_{error.code}", language, error.values) for language in ("fr", "en"))
        raise Refusal(fr, en) from None


async def _changed(session: AsyncSession, email: str, change: Callable[..., Awaitable[StaffRow]]) -> StaffRow:
    return await change(session, (await _account(session, email)).id, actor=ACTOR)


async def _account(session: AsyncSession, email: str) -> StaffRow:
    row = await accounts.by_email(session, email)
    if row is None:
        raise IdentityError("unknown")
    return row


def _print_link(settings: Settings, row: StaffRow, token: str, *, as_json: bool) -> None:
    link = settings.base_url + links.path(token)
    if as_json:
        print(json.dumps(_as_json(row) | {"link": link}, ensure_ascii=False))
        return
    if not settings.desk_passwords:
        name = settings.oidc_name
        say(f"{row.email} peut se connecter avec {name}, sans lien.", f"{row.email} can sign in with {name}, without a link.")
        return
    days = f"{settings.desk_invitation_days:g}"
    say(*sentence("staff_link", email=row.email, days=days))
    print(link)


def _as_json(row: StaffRow) -> dict[str, Any]:
    names = ("id", "email", "name", "role", "collections", "teams", "languages")
    return {
        **{name: getattr(row, name) for name in names},
        "state": "disabled" if row.disabled_at else "active" if accounts.is_active(row) else "invited",
        "signed_in_at": row.signed_in_at.isoformat() if row.signed_in_at else None,
    }


def _state(row: StaffRow) -> str:
    if row.disabled_at:
        return pick("désactivé", "disabled")
    return pick("actif", "active") if accounts.is_active(row) else pick("invité", "invited")
