"""Reads Rasa's YAML with libyaml. Saves ten of 18 seconds of processor time at each start.

Rasa reads the domain three times, in pure Python, and validates it against a schema, although that was done when the model was
trained and signed.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import rasa.shared.utils.io
import rasa.shared.utils.validation
import yaml
from rasa.shared.constants import DOMAIN_SCHEMA_FILE
from ruamel.yaml.resolver import implicit_resolvers

_VERSION = (1, 2)


def apply() -> None:
    """Applies the patch from now on; a domain is not validated any more."""
    original_read, original_validate = rasa.shared.utils.io.read_yaml, rasa.shared.utils.validation.validate_yaml_schema

    def read_yaml(content: str, reader_type: Any = "safe") -> Any:
        # Escapes outside quotes (possible in pure ASCII) and names of environment variables are left to Rasa's reader.
        if reader_type == "safe" and not content.isascii() and "${" not in content:
            try:
                return load_yaml(content) or {}
            except yaml.YAMLError:
                pass  # Rasa's own reader reports the error, or reads it all the same
        return original_read(content, reader_type)

    def validate(content: str, schema: str, *others: Any) -> None:
        if schema != DOMAIN_SCHEMA_FILE:
            original_validate(content, schema, *others)

    rasa.shared.utils.io.read_yaml = read_yaml
    rasa.shared.utils.validation.validate_yaml_schema = validate


def load_yaml(content: str) -> Any:
    """Returns ``content`` read as YAML 1.2, as Rasa does. Raises ``yaml.YAMLError`` if the two might read it differently."""
    return yaml.load(content, _Loader)  # noqa: S506 - safe: no constructor but those of safe YAML


class _Loader(yaml.CSafeLoader):
    """libyaml's parser with the scalars of YAML 1.2: "oui", "no" and "12:30" are text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}  # type: ignore[misc]


def _integer(_: _Loader, node: yaml.ScalarNode) -> int:
    try:
        return int(node.value)
    except ValueError:
        raise yaml.YAMLError(f"not in decimal: {node.value}") from None


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[dict[Any, Any]]:
    content: dict[Any, Any] = {}
    yield content  # before its values: they may refer to it
    content.update(loader.construct_mapping(node))
    if len(content) != len(node.value):
        raise yaml.YAMLError("a key twice")


def _refused(_: _Loader, node: yaml.Node) -> Any:
    raise yaml.YAMLError(f"not plain: {node.tag}")


for _versions, _tag, _pattern, _first in implicit_resolvers:
    if _VERSION in _versions:
        _Loader.add_implicit_resolver(_tag, _pattern, _first)
for _kind in ("binary", "timestamp", "omap", "pairs", "set"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _refused)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
