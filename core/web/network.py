"""Network addresses: which count as one caller, which pages are ours, which addresses are public."""

import ipaddress
from urllib.parse import urlsplit

_STANDING_FOR_IPV4 = [ipaddress.IPv6Network(net) for net in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")]
_SUBSCRIBER, _SITE = 64, 48  # bits; a subscriber with a /48 could change the /64 with each request


def network(address: str) -> str:
    """Returns an IPv4 address unchanged, an IPv6 address as its /64, and anything else unchanged."""
    return networks(address)[0]


def networks(address: str) -> tuple[str, ...]:
    """Returns ``network(address)`` and, for an IPv6 address, the /48 around it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return (address,)
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    if known.version == 4:
        return (str(known),)
    return tuple(str(ipaddress.ip_network((known, bits), strict=False)) for bits in (_SUBSCRIBER, _SITE))


def is_public(address: str) -> bool:
    """Decides whether ``address`` (IPv4 or IPv6, with or without a zone) is one of the public internet.

    For an IPv6 address that stands for an IPv4 address, the latter decides: a translator (NAT64, RFC 6052) reaches inside
    networks.
    """
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address) and any(known in block for block in _STANDING_FOR_IPV4):
        known = ipaddress.IPv4Address(known.packed[-4:])
    return known.is_global and not known.is_multicast and not getattr(known, "is_site_local", False)


def is_among(address: str, networks: str) -> bool:
    """Decides whether ``address`` is one of ``networks``: addresses and networks separated by commas."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in ipaddress.ip_network(one.strip()) for one in networks.split(",") if one.strip())


def is_same_host(origin: str, host: str) -> bool:
    """Decides whether the ``Origin`` header of a page names the ``Host`` that it calls."""
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(named) and named == host
