"""``./guichet audit``: lists the audit, verifies its chain, and prints its signed head."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.tables import print_table
from core.audit.chain import Link
from core.audit.heads import Head, Signer, export, load_heads
from core.audit.queries import current_head, newest
from core.audit.queries import verify as verify_chain
from core.database import Database
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_rows(
    actor: Annotated[str, typer.Option(help="Only what this account did.")] = "",
    action: Annotated[str, typer.Option(help="Only actions that begin so: entry.")] = "",
    target: Annotated[str, typer.Option(help="Only targets that begin so: entry:F1234")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List what was done, the newest first."""

    rows = run_on_database(
        Settings().sql_url, lambda database: newest(database, limit=limit, actor=actor, action=action, target=target)
    )
    if as_json:
        print(json.dumps([_as_dict(row) for row in rows], ensure_ascii=False))
        return
    heads = "nº|date|qui|quoi|sur quoi|détails", "no.|at|who|what|to what|details"
    lines = []
    for row in rows:
        details = "" if row.details == "{}" else row.details
        lines.append((row.seq, row.at.isoformat(timespec="seconds"), row.actor, row.action, row.target, details))
    print_table(heads, lines, title=pick("Journal d'audit", "Audit"), overflow="fold")


@app.command()
def verify(
    heads: Annotated[
        Path | None, typer.Option(help="Exported heads; without it those of GUICHET_AUDIT_HEADS, if a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain from its first row to its head, past every exported head; name the first broken link (exit code 1)."""
    settings = Settings()
    exported = _exported(settings, heads)
    signer = _signer(settings) if exported else None

    found = run_on_database(settings.sql_url, lambda database: verify_chain(database, exported, signer))
    if as_json:
        broken = {"seq": found.broken.seq, "how": str(found.broken.how)} if found.broken else None
        print(json.dumps({"rows": found.rows, "deleted": found.deleted, "heads": found.heads, "broken": broken}))
    if found.broken is None:
        kept = found.rows - found.deleted
        say(*sentence("audit_whole", first=found.deleted + 1, rows=kept, heads=found.heads))
        return
    if as_json:
        raise typer.Exit(1)
    raise Refusal(*sentence("audit_tampered", how=sentence(f"audit_row_{found.broken.how}"), row=found.broken.seq))


@app.command()
def head(
    send: Annotated[bool, typer.Option("--export", help="Send it to GUICHET_AUDIT_HEADS too.")] = False,
) -> None:
    """Print the signed head of the chain: keep it where nobody who administers this machine can change it."""
    settings = Settings()
    signer = _signer(settings)

    async def signed(database: Database) -> Head:
        async with database.read() as session:
            return signer.sign(*await current_head(session))

    line = run_on_database(settings.sql_url, signed)
    print(line.line(), end="")
    if send:
        if not settings.audit_heads:
            raise Refusal("Réglez d'abord GUICHET_AUDIT_HEADS.", "Set GUICHET_AUDIT_HEADS first.")
        asyncio.run(export(line, settings.audit_heads))


def _signer(settings: Settings) -> Signer:
    if not settings.audit_key.get_secret_value():
        raise Refusal(*sentence("audit_key_missing"))
    return Signer(settings.audit_key.get_secret_value())


def _exported(settings: Settings, given: Path | None) -> list[Head]:
    path = given or (Path(settings.audit_heads) if settings.audit_heads and "://" not in settings.audit_heads else None)
    if path is None or (given is None and not path.exists()):
        return []
    try:
        return load_heads(path)
    except (OSError, ValueError) as error:
        raise Refusal(f"Empreintes illisibles : {error}.", f"Heads cannot be read: {error}.") from error


def _as_dict(row: Link) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "target": row.target,
        "details": json.loads(row.details),
        "digest": row.digest,
    }
