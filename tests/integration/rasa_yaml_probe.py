"""Run by Rasa's own Python: what Rasa's reader and ours make of the same YAML texts, a JSON list on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import yaml
from rasa.shared.utils import io

from bot.patches.fast_yaml import load_yaml

UNREADABLE = "unreadable"


def read(reader: Callable[[str], Any], text: str) -> str:
    try:
        return repr(reader(text))
    except (yaml.YAMLError, io.YAMLError, io.DuplicateKeyError):
        return UNREADABLE


if __name__ == "__main__":
    print(json.dumps([[read(io.read_yaml, text), read(load_yaml, text)] for text in json.load(sys.stdin)]))
