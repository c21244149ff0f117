"""Access by token: the dependency of every route of ``/api/v1``."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from channels.http.deps import Deps
from channels.http.rate_limiting import RETRY_SECONDS
from core.database.models import ApiToken
from core.problems import Problem
from integrators import tokens
from integrators.tokens import Scope

_ERROR: dict[str, Any] = {
    "description": "An error (RFC 9457). `code` is stable; `title` and `detail` are for people, in French or English.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "status", "code", "title", "detail"],
                "properties": {
                    "status": {"type": "integer"},
                    **{name: {"type": "string"} for name in ("type", "code", "title", "detail")},
                },
            }
        }
    },
}
type Access = Callable[..., Awaitable[ApiToken]]

_BEARER = HTTPBearer(scheme_name="token", auto_error=False)


def scoped(deps: Deps, scope: Scope) -> Access:
    """Returns a dependency that gives the caller's token, if it has ``scope``.

    401 without a valid token, 403 without the scope, 429 above the token's limit.
    """

    async def dependency(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> ApiToken:
        token = await tokens.find(deps.database, credentials.credentials) if credentials else None
        if token is None:
            raise Problem(401, "integrators.token_unknown")
        if scope not in token.scopes:
            raise Problem(403, "integrators.scope_missing", scope=scope.value)
        if not await deps.limits.allow("api", token.id, per_minute=token.per_minute):
            raise Problem(429, "integrators.too_many", retry_seconds=RETRY_SECONDS, limit=token.per_minute)
        await tokens.note_use(deps.database, token)
        return token

    return dependency


def resource(access: Access) -> APIRouter:
    """Returns the router of one resource. ``access``: the dependency of all its routes."""
    return APIRouter(prefix="/api/v1", tags=["v1"], dependencies=[Depends(access)], responses={"4XX": _ERROR, "5XX": _ERROR})
