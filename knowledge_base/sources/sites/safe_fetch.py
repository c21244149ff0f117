"""Fetches pages of a public site only: no private address, no endless file, and no redirect to either."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

import httpx

from core.web.network import is_public
from core.web.outgoing import AddressRefused, Resolve, Why, checked, resolved
from knowledge_base.errors import Reason, WithReason, sentence

MAX_BYTES = 5 * 1024**2
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
AGENT = "Guichet-import"
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_REFUSED: Mapping[Why, tuple[str, str]] = {
    "not_http": ("ce n'est pas une adresse http(s)", "this is no http(s) address"),
    "unknown_host": ("ce nom d'hôte n'existe pas", "there is no such host"),
    "not_public": ("cette adresse n'est pas publique", "this address is not public"),
}


class Limits(NamedTuple):
    """The most that one address may take: bytes, and seconds in all."""

    most_bytes: int = MAX_BYTES
    seconds: float = 60.0


PAGE, FILE = Limits(), Limits(200 * 1024**2, 900.0)


class FetchRefused(WithReason):
    """An address that is not fetched, or whose page cannot be read. ``status``: the site's answer; ``None`` without one."""

    def __init__(self, fr: str, en: str, status: int | None = None) -> None:
        super().__init__(Reason(fr, en))
        self.status = status


class NotPublic(FetchRefused):
    """An address inside a network, which is never called."""


@dataclass(frozen=True)
class Fetched:
    """A fetched page. ``url`` is its final address. ``conditions``: the headers that ask next time whether it has changed.

    ``unchanged``: it has not, and ``content`` is empty.
    """

    url: str
    content: bytes
    kind: str
    conditions: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False


def anywhere(_address: str) -> bool:
    """Allows private and loopback addresses, too: an administration's own network."""
    return True


class SafeFetcher:
    """Fetches pages from the IP addresses that ``allows`` returns ``True`` for: public ones, or ``anywhere``."""

    def __init__(self, *, allows: Callable[[str], bool] = is_public, resolve: Resolve = resolved) -> None:
        self._allows = allows
        self._resolve = resolve
        # No proxy from the environment: it could connect to forbidden addresses.
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, headers={"User-Agent": AGENT})

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, conditions: Mapping[str, str] | None = None, limits: Limits = PAGE) -> Fetched:
        """Returns the page at ``url``. Each redirect is checked like the first address. Raises ``FetchRefused``.

        ``conditions`` are those of the copy that the caller has.
        """
        deadline = time.monotonic() + limits.seconds
        for _ in range(_REDIRECTS + 1):
            request = self._request(url, conditions or {})
            try:
                response = self._client.send(request, stream=True)
                try:
                    if response.is_redirect and response.status_code != 304:
                        url = urljoin(url, response.headers["Location"])
                        continue
                    kept = {_CONDITIONS[name]: value for name in _CONDITIONS if (value := response.headers.get(name))}
                    kind = response.headers.get("Content-Type", "")
                    if response.status_code == 304 and conditions:
                        return Fetched(url, b"", kind, conditions, unchanged=True)
                    return Fetched(url, _read(response, limits, deadline), kind, kept)
                finally:
                    response.close()
            except httpx.HTTPError as error:
                name = type(error).__name__
                raise FetchRefused(f"pas de réponse ({name})", f"no answer ({name})") from error
            except (httpx.InvalidURL, KeyError, ValueError) as error:
                raise FetchRefused(*sentence("leads_nowhere")) from error
        raise FetchRefused("trop de redirections", "too many redirections")

    def _request(self, url: str, headers: Mapping[str, str]) -> httpx.Request:
        try:
            address = checked(url, allows=self._allows, resolve=self._resolve)
        except AddressRefused as refused:
            kind = NotPublic if refused.why == "not_public" else FetchRefused
            raise kind(*_REFUSED[refused.why]) from refused
        return address.request(self._client, "GET", headers)


def _read(response: httpx.Response, limits: Limits, deadline: float) -> bytes:
    if (status := response.status_code) != 200:
        raise FetchRefused(f"le site répond {status}", f"the site answers {status}", status)
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > limits.most_bytes:
            most = limits.most_bytes // 1024**2
            raise FetchRefused(f"plus de {most} Mo", f"more than {most} MB", status)
        if time.monotonic() > deadline:
            raise FetchRefused(f"plus de {limits.seconds:.0f} s", f"more than {limits.seconds:.0f} s", status)
    return bytes(content)
