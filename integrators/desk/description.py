"""``/desk/integrators/api``: what ``/api/v1`` offers, read from its OpenAPI description; that document can be downloaded."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from desk import render
from integrators.desk.access import Administrator
from integrators.desk.tokens import PAGE

_TAG = "v1"  # of the routes of ``/api/v1``
_DESCRIPTION = PAGE + "/api"


class Field(NamedTuple):
    """One parameter of a route, or one field of its body or answer."""

    name: str
    where: str
    kind: str
    required: bool
    description: str


class Operation(NamedTuple):
    """One route."""

    method: str
    path: str
    description: str
    fields: list[Field]


def document(app: FastAPI) -> dict[str, Any]:
    """Returns the OpenAPI description of ``/api/v1`` alone."""
    routes = [route for route in app.routes if _TAG in getattr(route, "tags", ())]
    return get_openapi(title=app.title, version="1", routes=routes)


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    """Yields the routes of an OpenAPI description."""
    schemas = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, content in methods.items():
            fields = [
                Field(one["name"], one["in"], _kind(one["schema"]), one["required"], one.get("description", ""))
                for one in content.get("parameters", ())
            ]
            success = next(answer for status, answer in content["responses"].items() if status < "300")
            for where, described_part in (("body", content.get("requestBody", {})), ("answer", success)):
                schema = described_part.get("content", {}).get("application/json", {}).get("schema")
                fields += properties(schemas[_kind(schema)], where) if schema else ()
            yield Operation(method.upper(), path, content.get("description", ""), fields)


def properties(schema: Mapping[str, Any], where: str = "") -> Iterator[Field]:
    """Yields the fields of an object."""
    for name, one in schema.get("properties", {}).items():
        yield Field(name, where, _kind(one), name in schema.get("required", ()), one.get("description", ""))


def _kind(schema: Mapping[str, Any]) -> str:
    """Returns the type in a word: ``string``, ``ReplyEvent``, ``ShownHandoff[]``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}[]"
    return str(schema.get("format") or schema.get("type", ""))


def router() -> APIRouter:
    """Returns the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(_DESCRIPTION)
    async def page(request: Request, me: Administrator) -> Response:
        described = document(request.app)
        schemas = described["components"]["schemas"]
        objects = {
            name: (one.get("description", ""), [*properties(one)]) for name, one in schemas.items() if "properties" in one
        }
        return render(request, me, "integrators/description.html", operations=[*operations(described)], objects=objects)

    @routes.get(_DESCRIPTION + ".json")
    async def download(request: Request, _me: Administrator) -> Response:
        return JSONResponse(document(request.app), headers={"Content-Disposition": "attachment; filename=guichet-api.json"})

    return routes
