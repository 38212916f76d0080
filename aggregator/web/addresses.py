"""May this address be connected to, when all we know of a feed is what a stranger wrote?

A feed's URL, or a redirect, may name the machine's own services, the router or a cloud's metadata service.
Names are not judged here: what counts is the address the connection is really made to, because a name can
resolve to one address when it is checked and to another when it is used (DNS rebinding).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

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
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def is_private_literal(host: str) -> bool:
    """Whether the host of a URL is itself an address that must not be connected to.

    ``localhost`` counts (RFC 6761 §6.3); every other name is judged when it has been resolved.
    """
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not is_public(host)


def is_loopback_literal(host: str) -> bool:
    """Whether the host of a URL names this machine itself, to whoever reads it."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Find the IPv4 address that packets to this IPv6 address would end at."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
