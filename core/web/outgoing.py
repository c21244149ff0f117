"""Requests to addresses that people enter. They go to the IP address that was checked, never to one inside our network."""

import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx

from core.web.network import is_public

type Resolve = Callable[[str, int], Iterable[str]]
type Why = Literal["not_http", "unknown_host", "not_public"]


class AddressRefused(Exception):
    """An address that is not called."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def resolved(host: str, port: int) -> list[str]:
    """Returns the IP addresses of ``host``. Blocking."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


class CheckedAddress(NamedTuple):
    """Where a request really goes: ``url`` names an IP address; ``host`` is for the header, ``name`` for the certificate.

    Both are ASCII: an accented host stands in its IDNA form.
    """

    url: str
    host: str
    name: str

    def request(
        self, client: httpx.Client | httpx.AsyncClient, method: str, headers: Mapping[str, str], **more: Any
    ) -> httpx.Request:
        """Returns a request of ``client`` to this address."""
        extensions = {"sni_hostname": self.name}
        return client.build_request(method, self.url, headers={**headers, "Host": self.host}, extensions=extensions, **more)


def checked(url: str, *, allows: Callable[[str], bool] = is_public, resolve: Resolve = resolved) -> CheckedAddress:
    """Returns the address of ``url`` by an IP address that ``allows`` accepts, as it does all others of the host: the name
    could resolve differently a moment later. Raises ``AddressRefused``. Blocking.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise AddressRefused("not_http") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise AddressRefused("not_http")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        name = httpx.URL(scheme=parts.scheme, host=parts.hostname).raw_host.decode()
        addresses = list(resolve(name, port))
    except (OSError, ValueError, httpx.InvalidURL) as error:
        raise AddressRefused("unknown_host") from error
    if not addresses or not all(map(allows, addresses)):
        raise AddressRefused("not_public")
    host = f"{_bracketed(name)}:{parts.port}" if parts.port else _bracketed(name)
    return CheckedAddress(parts._replace(netloc=f"{_bracketed(addresses[0])}:{port}", fragment="").geturl(), host, name)


def _bracketed(host: str) -> str:
    """Returns ``host`` as an address holds it: an IPv6 address stands in brackets."""
    return f"[{host}]" if ":" in host else host
