"""May this address be connected to, when all we know of a feed is what a stranger wrote?

A feed's URL, or a redirect, may name the machine's own services, the router or a cloud's metadata service.
Names are not judged here: what counts is the address the connection is really made to, because a name can
resolve to one address when it is checked and to another when it is used (DNS rebinding).
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The one block that public IPv6 addresses are given out from (IANA): neither site-local fec0::/10 (RFC 3879) nor what
else Python takes for global because no registry speaks of it."""
NEVER_PUBLIC = (
    IPv6Network("3fff::/20"),  # documentation (RFC 9637): Python knows it from 3.11.10, 3.12.4 and 3.13 on
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890), some of them global to Python
    IPv4Network("192.88.99.0/24"),  # the retired relays of 6to4 (RFC 7526)
    IPv4Network(
        "168.63.129.16/32"
    ),  # a public address that one cloud answers inside every machine, with its metadata
)
_NUMBER = re.compile(r"0x[0-9a-f]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}")
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address that a gateway will connect to."""


def is_public(address: str) -> bool:
    """Whether an IP address in text form is one of the public internet's; False for what is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            ip = inner
    if ip.version == 6 and ip not in GLOBAL_UNICAST:
        return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or any(ip in each for each in NEVER_PUBLIC)
    )


def is_private_literal(host: str) -> bool:
    """Whether the host of a URL is itself an address that must not be connected to.

    ``localhost`` counts (RFC 6761 §6.3), and every spelling that a system's resolver takes for an address: 127.1,
    0x7f000001, 017700000001, full-width digits. Every other name is judged when it has been resolved, which a proxy
    does out of our sight.
    """
    host = _plain(host)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _literal(host)
    return address is not None and not is_public(str(address))


def is_loopback_literal(host: str) -> bool:
    """Whether the host of a URL names this machine itself, to whoever reads it."""
    host = _plain(host)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _literal(host)
    return address is not None and address.is_loopback


def _plain(host: str) -> str:
    """The host as IDNA will have it: compatibility forms folded, other scripts' full stops made dots (UTS #46)."""
    folded = host if host.isascii() else unicodedata.normalize("NFKC", host).replace("。", ".")
    return folded.strip("[]").rstrip(".").lower()


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is a spelling of, if it is one."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    return _counted(host)


def _counted(host: str) -> IPv4Address | None:
    """One to four numbers, decimal, octal or hexadecimal, the last of which fills what is left (inet_aton(3))."""
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    *first, last = (int(part, 16 if part[:2] == "0x" else 8 if part[0] == "0" else 10) for part in parts)
    room = 1 << 8 * (4 - len(first))
    if last >= room or any(number > 255 for number in first):
        return None
    return IPv4Address(int.from_bytes(bytes(first)) * room + last)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Find the IPv4 address that packets to this IPv6 address would end at."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
