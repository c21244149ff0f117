"""Addresses of Redis: one server, a master that Sentinels know, or a Cluster.

``redis://[user:password@]host[:6379][/db]``; ``redis+sentinel://[user:password@]host[:26379],…/service[/db]``;
``redis+cluster://[user:password@]host[:6379],…``; ``rediss…`` for TLS. Options follow a ``?``: ``sentinel_username`` and
``sentinel_password`` where the Sentinels want a password of their own, and redis-py's ``ssl_…`` for files of certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator

from core.bad_setting import BadSetting

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
        raise BadAddress(f"une adresse de Redis commence par {_FORMS}", f"an address of Redis begins with {_FORMS}")
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
        raise BadAddress(
            "plusieurs serveurs s'écrivent redis+sentinel://…/SERVICE ou redis+cluster://…",
            "several servers are written redis+sentinel://…/SERVICE or redis+cluster://…",
        )
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
            raise BadAddress(
                "un Cluster n'a que la base 0 : ôtez ce qui suit les serveurs",
                "a Cluster has database 0 only: remove what follows the servers",
            )
        return "", 0
    if not first:
        raise BadAddress(
            "il manque le nom du maître que les Sentinelles surveillent : redis+sentinel://host:26379,…/SERVICE",
            "the name of the master that the Sentinels watch is missing: redis+sentinel://host:26379,…/SERVICE",
        )
    if second and not second.isdecimal():
        raise BadAddress(
            "après /SERVICE vient le numéro de la base : /SERVICE/0", "after /SERVICE comes a database's number: /SERVICE/0"
        )
    return unquote(first), int(second or 0)


def _options(query: str, kind: Kind, *, tls: bool) -> dict[str, str]:
    known = (_OF_SENTINELS if kind == "sentinel" else frozenset()) | (_TLS if tls else frozenset())
    found = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(found.keys() - known):
        listed, possible = ", ".join(unknown), ", ".join(sorted(known)) or "–"
        raise BadAddress(
            f"options inconnues ici : {listed} (possibles : {possible} ; ssl_… veut rediss+…)",
            f"options unknown here: {listed} (possible: {possible}; ssl_… wants rediss+…)",
        )
    return found


def _boolean(text: str) -> bool:
    return text.lower() not in ("false", "no", "0")


def _unreadable() -> BadAddress:
    return BadAddress(
        "écrivez host:port,host:port,… (ports de 1 à 65535, [IPv6] entre crochets), et %XX pour / ? # @ dans un mot de passe",
        "write host:port,host:port,… (ports from 1 to 65535, [IPv6] in brackets), and %XX for / ? # @ in a password",
    )


def _checked(text: str) -> str:
    if text:
        read_address(text)
    return text


RedisUrl = Annotated[str, AfterValidator(_checked)]
