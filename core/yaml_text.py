"""YAML read by libyaml where PyYAML was built with it: eight times as fast, half a second of each start of the gateway."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str | bytes) -> Any:
    """What ``text`` holds, plain data only. Raises ``yaml.YAMLError``."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe
