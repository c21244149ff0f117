"""The audit of dependencies against a server that speaks as osv.dev does: what it says, and when it must not say anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Response

from tests.integration.channels_support import served
from tests.integration.servers import free_port
from tools.supply.audit import CANARY, CouldNotLook, Verdict, audit

_KNOWN = {CANARY[:2]: "PYSEC-2019-217", ("dnspython", "2.3.0"): "PYSEC-2099-2", ("numpy", "1.23.5"): "PYSEC-2099-1"}
_ALIASES = {"PYSEC-2019-217": [CANARY[2]], "PYSEC-2099-2": ["CVE-2023-29483"]}


def _osv(knows: Callable[[tuple[str, str]], bool] = lambda package: True, status: int = 200) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/querybatch")
    async def batch(asked: dict[str, Any], response: Response) -> dict[str, Any]:
        response.status_code = status
        found = []
        for query in asked["queries"]:
            package = query["package"]["name"], query["version"]
            known = _KNOWN.get(package) if knows(package) else None
            found.append({"vulns": [{"id": known, "modified": "2024-01-01T00:00:00Z"}]} if known else {})
        return {"results": found}

    @app.get("/v1/vulns/{name}")
    async def one(name: str) -> dict[str, Any]:
        modified = "2024-01-01T00:00:00Z"
        return {"id": name, "modified": modified, "summary": "x", "aliases": _ALIASES.get(name, []), "affected": []}

    return app


async def _audited(app: FastAPI) -> Verdict:
    port = free_port()
    async with served(app, port):
        return await asyncio.to_thread(audit, f"http://127.0.0.1:{port}/")


async def test_new_vulnerabilities_are_told_from_those_that_were_judged() -> None:
    verdict = await _audited(_osv())
    assert verdict.packages > 300
    assert [(one.package, one.ids) for one in verdict.open] == [("numpy", frozenset({"PYSEC-2099-1"}))]
    assert [one.package for one in verdict.accepted] == ["dnspython"]


async def test_an_audit_that_could_not_look_says_so() -> None:
    with pytest.raises(CouldNotLook, match="called harmless"):  # it answers, and knows nothing
        await _audited(_osv(knows=lambda package: False))
    with pytest.raises(CouldNotLook):
        await _audited(_osv(status=403))
    with pytest.raises(CouldNotLook):
        await asyncio.to_thread(audit, "http://127.0.0.1:1/")
