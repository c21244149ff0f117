"""Rasa's check of what the action server answers, without its cost.

Rasa 3.6 checks its own constant schema anew for each custom action, which takes longer (20 ms) than all the rest of a turn;
and what nearly every answer consists of need not be tried as everything else.
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from rasa.core.actions.action import RemoteAction

from bot.plain_results import only_sets_slots


def check_schema_once() -> None:
    """Check the schema now, and from now on only the answers against it. Raises ``jsonschema.SchemaError``."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_: RemoteAction, result: Any) -> bool:
        if not only_sets_slots(result):
            validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate
