"""The ledger of acts that a restore must replay: whether it is intact and complete, and not on the database's disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cli.doctor.backups import on_one_disk
from cli.doctor.findings import Finding, ok, problem, warning
from core.audit.ledger import Ledger, LedgerDamaged, LedgerRow
from core.audit.ledger_copies import LockedCopies
from core.audit.ledger_sync import rows_of_ledger
from core.database import Database
from core.settings import Settings
from core.shared_folder import SharedUnreachable

_WRITES = (
    "Vérifiez que son dossier existe et que le worker peut y écrire (GUICHET_LEDGER), puis ./guichet restart worker, qui le "
    "complète d'après le journal d'audit (docs/runbooks/backup.md).",
    "Check that its folder is there and that the worker can write to it (GUICHET_LEDGER), then ./guichet restart worker, "
    "which completes it from the audit (docs/runbooks/backup.md).",
)


async def ledger(settings: Settings, database: Database) -> Finding:
    """Checks the ledger as a restore would find it. Writes nothing."""
    file = settings.ledger_file
    audited = {(row.seq, row.digest) for row in await rows_of_ledger(database)}
    try:
        rows: list[LedgerRow] = await asyncio.to_thread(Ledger(file).read)
    except LedgerDamaged as error:
        return problem(
            "ledger",
            f"Le registre des désactivations et effacements ({file}) est coupé ou a été modifié à la ligne {error.line}.",
            f"The ledger of disablements and erasures ({file}) is torn, or was changed, at line {error.line}.",
            "./guichet restart worker le met de côté et le récrit d'après le journal d'audit ; cherchez qui l'a modifié.",
            "./guichet restart worker puts it aside and writes it anew from the audit; look for who changed it.",
        )
    except OSError:
        fr = f"Le registre des désactivations et effacements ({file}) n'existe pas ou ne se lit pas."
        en = f"The ledger of disablements and erasures ({file}) is not there, or cannot be read."
        return (problem if audited else warning)("ledger", fr, en, *_WRITES)
    missing = len(audited - {row.key for row in rows})
    if missing:
        fr = f"Il manque {missing} lignes au registre des désactivations et effacements ({file})."
        en = f"The ledger of disablements and erasures ({file}) lacks {missing} rows."
        return problem("ledger", fr, en, *_WRITES)
    copies = LockedCopies.of(settings)
    if copies is not None:
        try:
            await asyncio.to_thread(copies.read)
        except SharedUnreachable as error:
            return warning(
                "ledger",
                f"Les copies du registre ne se lisent pas ({error}).",
                f"The ledger's copies cannot be read ({error}).",
                "Vérifiez GUICHET_LEDGER_COPIES, et les clés et l'adresse S3 (deploy/README.md).",
                "Check GUICHET_LEDGER_COPIES, and S3's keys and address (deploy/README.md).",
            )
    elif database.is_sqlite and on_one_disk(file.parent, Path(str(database.engine.url.database)).parent):
        return warning(
            "ledger",
            f"Le registre des désactivations et effacements ({file}) est sur le même disque que la base.",
            f"The ledger of disablements and erasures ({file}) lies on the record's own disk.",
            "Réglez GUICHET_LEDGER sur un autre disque, ou GUICHET_LEDGER_COPIES (docs/runbooks/backup.md).",
            "Set GUICHET_LEDGER to another disk, or GUICHET_LEDGER_COPIES (docs/runbooks/backup.md).",
        )
    return ok(
        "ledger",
        f"Le registre des désactivations et effacements a {len(rows)} lignes.",
        f"The ledger of disablements and erasures has {len(rows)} rows.",
    )
