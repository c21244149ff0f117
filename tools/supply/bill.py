"""Bills of materials (CycloneDX) of both environments: uv's, from the lock, with licences, models and data added."""

from __future__ import annotations

import json
from typing import Any

from cli.language import Refusal
from tools.supply import uv
from tools.supply.licences import licences, normal
from tools.supply.provenance import items

_GROUPS = {"service": ["--group", "service"], "rasa": ["--only-group", "bot"]}
_KINDS = {"model": "machine-learning-model", "data": "data"}


def bill(environment: str) -> dict[str, Any]:
    """Returns the bill of ``service`` or ``rasa``. Raises ``Refusal`` if uv cannot read the lock."""
    done = uv.run(["export", "--frozen", "--format", "cyclonedx1.5", *_GROUPS[environment]])
    if done.returncode:
        said = done.stderr.strip()
        raise Refusal(f"uv n'a pas pu lire uv.lock : {said}", f"uv could not read uv.lock: {said}")
    found: dict[str, Any] = json.loads(done.stdout)
    known = {one.package: one.licence for one in licences() if one.environment == environment}
    for component in found["components"]:
        if licence := known.get(normal(component["name"])):
            component["licenses"] = [{"license": {"name": licence}}]
    found["components"] += [
        {
            "type": _KINDS[item.kind],
            "bom-ref": f"guichet:{item.name}",
            "name": item.name,
            "supplier": {"name": item.maker},
            "publisher": item.published_by,
            "description": item.checked,
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in (item.files or {}).values()],
        }
        for item in items()
        if (item.environment or "service") == environment
    ]
    return found
