"""More time for a slow upload, once its sender is known. A server that gives it puts a function into the request's scope."""

from starlette.types import Scope

MORE_TIME = "guichet.more_time"


def allow_upload(scope: Scope) -> None:
    """Gives the sender of a request, who has signed in, more time for the rest of its body."""
    if MORE_TIME in scope:
        scope[MORE_TIME]()
