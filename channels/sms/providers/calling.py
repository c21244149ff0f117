"""HTTP calls to a provider, with errors that tell a sure failure from an unknown outcome."""

from typing import Any

import httpx

from conversations.ports import SendFailed


async def call(http: httpx.AsyncClient, method: str, url: str, **arguments: Any) -> httpx.Response:
    """Sends one request. Its answer, if there is one, is a success or a refusal with the provider's own code.

    Raises ``SendFailed`` if the message was surely not sent (no connection, 429, 503); another exception if that is unknown: no
    answer in time, 500, 502, 504, a redirect.
    """
    try:
        response = await http.request(method, url, **arguments)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SendFailed(type(error).__name__, permanent=False) from error
    if response.is_success or (response.is_client_error and response.status_code != 429):
        return response
    if response.status_code in (429, 503):
        raise SendFailed(code_of(response, "code"), permanent=False)
    response.raise_for_status()
    raise httpx.RemoteProtocolError(f"unexpected status {response.status_code}")


def code_of(response: httpx.Response, field: str) -> str:
    """Returns the provider's own error code in a JSON answer, else the HTTP status."""
    try:
        code = response.json().get(field)
    except (ValueError, AttributeError):
        code = None
    return str(code or response.status_code)[:64]
