"""The names of all texts that the turn pipeline's parts require."""

from __future__ import annotations

import importlib
import pkgutil

from conversations import additions, steps, turns


def _words() -> frozenset[str]:
    names = [
        f"{package.__name__}.{module.name}"
        for package in (additions, steps, turns)
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return frozenset().union(*(getattr(importlib.import_module(name), "WORDS", ()) for name in names))


WORDS = _words()
