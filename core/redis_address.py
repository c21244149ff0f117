"""Addresses of Redis: one server, a master that Sentinels know, or a Cluster.

``redis://[user:password@]host[:6379][/db]``; ``redis+sentinel://[user:password@]host[:26379],…/service[/db]``;
``redis+cluster://[user:password@]host[:6379],…``; ``rediss…`` for TLS. Options follow a ``?``: ``sentinel_username`` and
``sentinel_password`` where the Sentinels want a password of their own, and redis-py's ``ssl_…`` for files of certificates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator

from core.bad_setting import BadSetting, sentence

Kind = Literal["server", "sentinel", "cluster"]
_KINDS: dict[str, Kind] = {"": "server", "+sentinel": "sentinel", "+cluster": "cluster"}
_PORTS = {"sentinel": 26379, "cluster": 6379}
_TLS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"})
_OF_SENTINELS = frozenset({"sentinel_username", "sentinel_password"})
_FORMS = "redis://, redis+sentinel://, redis+cluster:// (TLS: rediss…)"


class BadAddress(BadSetting):
    """An unusable address."""


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """``url``: a single server's, for redis-py. For Sentinels and Clusters, ``nodes`` are the (host, port) to start with.

    ``options``: redis-py's ``ssl_…``. ``service``, ``database`` and ``sentinel_…`` are only for Sentinels.
    """

    kind: Kind
    url: str = field(default="", repr=False)
    nodes: tuple[tuple[str, int], ...] = ()
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    service: str = ""
    database: int = 0
    sentinel_username: str | None = None
    sentinel_password: str | None = field(default=None, repr=False)
    options: Mapping[str, str | bool] = field(default_factory=dict)


def read_address(text: str) -> RedisAddress:
    """Returns the parsed ``text``. Raises ``BadAddress``."""
    scheme, slashes, rest = text.partition("://")
    authority = rest[: min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))]
    # `urlsplit` does not accept several hosts: in Python 3.13 it refuses brackets unless they surround the only one.
    parts = urlsplit(f"{scheme}{slashes}{rest[len(authority) :]}")
    base, plus, more = parts.scheme.partition("+")
    if parts.scheme == "unix":
        return RedisAddress("server", text)
    if base not in ("redis", "rediss") or plus + more not in _KINDS:
        raise BadAddress(*sentence("redis_address", forms=_FORMS))
    kind = _KINDS[plus + more]
    if kind == "server":
        return RedisAddress(kind, _server(authority, text), tls=base == "rediss")
    credentials, _, hosts = authority.rpartition("@")
    if "@" in parts.path + parts.query or parts.fragment:
        raise _unreadable()
    username, _, password = credentials.partition(":")
    service, database = _place(kind, parts.path)
    options = _options(parts.query, kind, tls=base == "rediss")
    return RedisAddress(
        kind,
        nodes=tuple(_node(host, _PORTS[kind]) for host in hosts.split(",")),
        tls=base == "rediss",
        username=unquote(username) or None,
        password=unquote(password) or None,
        service=service,
        database=database,
        sentinel_username=options.pop("sentinel_username", None),
        sentinel_password=options.pop("sentinel_password", None),
        options={name: _boolean(value) if name == "ssl_check_hostname" else value for name, value in options.items()},
    )


def _server(authority: str, text: str) -> str:
    if "," in authority.rpartition("@")[2]:
        raise BadAddress(*sentence("redis_several_servers"))
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise _unreadable() from None
    return text


def _node(text: str, default: int) -> tuple[str, int]:
    """Returns the parsed ``host``, ``host:port`` or ``[IPv6]:port``."""
    host, bracket, rest = text.partition("]") if text.startswith("[") else (text.partition(":")[0], "", "")
    port = rest if bracket else text[len(host) :]
    if text.startswith("[") and not bracket:
        raise _unreadable()
    if not host.lstrip("[") or (port and not (port[0] == ":" and port[1:].isdecimal() and 0 < int(port[1:]) < 2**16)):
        raise _unreadable()
    return host.lstrip("["), int(port[1:]) if port else default


def _place(kind: Kind, path: str) -> tuple[str, int]:
    """Returns the Sentinels' name of the master, and the number of the database."""
    first, _, second = path.strip("/").partition("/")
    if kind == "cluster":
        if first not in ("", "0") or second:
            raise BadAddress(*sentence("redis_cluster_database"))
        return "", 0
    if not first:
        raise BadAddress(*sentence("redis_service_missing"))
    if second and not second.isdecimal():
        raise BadAddress(*sentence("redis_database_number"))
    return unquote(first), int(second or 0)


def _options(query: str, kind: Kind, *, tls: bool) -> dict[str, str]:
    known = (_OF_SENTINELS if kind == "sentinel" else frozenset()) | (_TLS if tls else frozenset())
    found = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(found.keys() - known):
        listed, possible = ", ".join(unknown), ", ".join(sorted(known)) or "–"
        raise BadAddress(*sentence("redis_options_unknown", listed=listed, possible=possible))
    return found


def _boolean(text: str) -> bool:
    return text.lower() not in ("false", "no", "0")


def _unreadable() -> BadAddress:
    return BadAddress(*sentence("redis_hosts"))


def _checked(text: str) -> str:
    if text:
        read_address(text)
    return text


RedisUrl = Annotated[str, AfterValidator(_checked)]
