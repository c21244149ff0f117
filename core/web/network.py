"""What counts as one origin of requests: an IPv4 address, or the part of an IPv6 address that is one subscriber's."""

from __future__ import annotations

import ipaddress

_SUBSCRIBER, _SITE = 64, 48  # bits; whoever was given a /48 could change its /64 with each request


def network(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64; what is no address, unchanged."""
    return networks(address)[0]


def networks(address: str) -> tuple[str, ...]:
    """``network(address)`` and, of an IPv6 address, the /48 around it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return (address,)
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    if known.version == 4:
        return (str(known),)
    return tuple(str(ipaddress.ip_network((known, bits), strict=False)) for bits in (_SUBSCRIBER, _SITE))
