"""``./guichet verify``: proves that replies stand word for word in the published pages (docs/proof.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.language import Refusal, pick, sentence
from cli.proofs import own_sentences, snapshots_of
from conversations.wording import Wording
from core.proof.prove import with_proof
from core.proof.verify import replies_in, report
from core.proof.verify import verify as verify_reply
from core.settings import ROOT, Settings


def verify(
    file: Annotated[
        Path, typer.Argument(help="What ask --json printed, the history of a conversation, or an export of a person's data.")
    ],
) -> None:
    """Prove word for word that replies stand in the published pages. Exit code 1 if one does not."""
    settings = Settings()
    wording, snapshot_of = Wording.load(ROOT / "domain.yml").filled_from(settings), snapshots_of(settings)
    try:
        replies = replies_in(file.read_text("utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        replies = []
    if not replies:
        raise Refusal(*sentence("no_replies", file=file))
    failed = False
    for reply in replies:
        proved = reply if "proof" in reply else with_proof(reply, snapshot_of)  # exports of the service have none
        verdict = verify_reply(proved, snapshot_of, frozenset(own_sentences(wording, reply)))
        print(report(verdict, lambda kind: pick(*sentence(f"proof_{kind}"))))
        failed |= bool(verdict.faults)
    raise typer.Exit(int(failed))
