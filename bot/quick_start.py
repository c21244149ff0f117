"""Rasa ready sooner: a third of the processor time that it took from its start to the first message.

Most of it went into reading one YAML file three times over in pure Python, and into regular expressions whose sets of letters
were worked out dozens of times. Written for Rasa 3.6.21; figures in docs/turn-cost.md.
"""

from __future__ import annotations

import sre_compile
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, ClassVar

import yaml
from ruamel.yaml.resolver import implicit_resolvers

_VERSION = (1, 2)


def hurry() -> None:
    """From now on. Call it before spaCy is imported."""
    remember_charsets()
    read_yaml_quickly()


def remember_charsets() -> None:
    """Sets of letters in regular expressions are worked out once each: spaCy's French has the same ones in every line."""
    worked_out: Any = sre_compile._optimize_charset  # type: ignore[attr-defined]
    known: dict[Hashable, Any] = {}

    def remembered(charset: Sequence[Hashable], iscased: Any = None, fixup: Any = None, fixes: Any = None) -> Any:
        key = (tuple(charset), iscased, fixup, id(fixes))
        if key not in known:
            known[key] = worked_out(charset, iscased, fixup, fixes)
        return known[key]

    sre_compile._optimize_charset = remembered  # type: ignore[attr-defined]


def read_yaml_quickly() -> None:
    """Rasa's YAML by libyaml; and no schema for a domain that was held against it when the model was trained and signed."""
    import rasa.shared.utils.io  # noqa: PLC0415 # slow: only who serves a model needs it
    import rasa.shared.utils.validation  # noqa: PLC0415
    from rasa.shared.constants import DOMAIN_SCHEMA_FILE  # noqa: PLC0415

    slowly, validated = rasa.shared.utils.io.read_yaml, rasa.shared.utils.validation.validate_yaml_schema

    def read_yaml(content: str, reader_type: Any = "safe") -> Any:
        # Escapes outside of quotes (in what is all ASCII) and names of the environment are read by Rasa alone.
        if reader_type == "safe" and not content.isascii() and "${" not in content:
            try:
                return quickly(content) or {}
            except yaml.YAMLError:
                pass  # Rasa's own reader says what is wrong with it, or reads it all the same
        return slowly(content, reader_type)

    def validate(content: str, schema: str, *others: Any) -> None:
        if schema != DOMAIN_SCHEMA_FILE:
            validated(content, schema, *others)

    rasa.shared.utils.io.read_yaml = read_yaml
    rasa.shared.utils.validation.validate_yaml_schema = validate


def quickly(content: str) -> Any:
    """``content`` as YAML 1.2, as Rasa reads it. Raises ``yaml.YAMLError`` for whatever the two might read differently."""
    return yaml.load(content, _Loader)  # noqa: S506 - safe: no constructor but those of safe YAML


class _Loader(yaml.CSafeLoader):
    """libyaml's parser with the scalars of YAML 1.2: "oui", "no" and "12:30" are text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}  # type: ignore[misc]


def _whole(_: _Loader, node: yaml.ScalarNode) -> int:
    try:
        return int(node.value)
    except ValueError:
        raise yaml.YAMLError(f"not in decimal: {node.value}") from None


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[dict[Any, Any]]:
    found: dict[Any, Any] = {}
    yield found  # before its values: they may point to it
    found.update(loader.construct_mapping(node))
    if len(found) != len(node.value):
        raise yaml.YAMLError("a key twice")


def _refused(_: _Loader, node: yaml.Node) -> Any:
    raise yaml.YAMLError(f"not plain: {node.tag}")


for _versions, _tag, _pattern, _first in implicit_resolvers:
    if _VERSION in _versions:
        _Loader.add_implicit_resolver(_tag, _pattern, _first)
for _kind in ("binary", "timestamp", "omap", "pairs", "set"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _refused)
_Loader.add_constructor("tag:yaml.org,2002:int", _whole)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
