"""What a worker is made of: every part of the turn pipeline is really there."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from cli.worker.composition import compose
from conversations.turn_pipeline import WithAdditions
from core.settings import Settings

_DIALOGUE_ADDITIONS = ("Framing", "ConversationCommands", "Condolence", "MaskedDataNotice")


async def test_compose_leaves_no_part_of_the_pipeline_out(tmp_path: Path) -> None:
    secret = SecretStr("not a secret")
    worker = compose(Settings(_env_file=None, home=tmp_path, secret_key=secret, internal_secret=secret, address_key=secret))
    try:
        steps = (*worker.turns.steps, worker.turns.without_engine)
        with_additions = [step for step in steps if isinstance(step, WithAdditions)]
        assert [type(one.step).__name__ for one in with_additions] == ["Dialogue", "DegradedMode"]
        additions = [type(addition).__name__ for one in with_additions for addition in one.additions]
        assert additions == [*_DIALOGUE_ADDITIONS, "Framing", "MaskedDataNotice"]
        assert [type(addition).__name__ for addition in worker.turns.additions] == ["DangerNumbers", "LanguageChange"]
        assert [type(step).__name__ for step in steps] == [
            "TooManyAttempts",
            "SmsLimits",
            "SmsCommands",
            "HumanTakeover",
            "ChannelOff",
            "PhoneCopies",
            "Blank",
            "DangerOnly",
            "DangerFollowUp",
            "TooLong",
            "PersonalDataOnly",
            "UnknownChoice",
            "WithAdditions",
            "WithAdditions",
        ]
    finally:
        await worker.engines.close()
        await worker.database.close()
        await worker.event_bus.close()
