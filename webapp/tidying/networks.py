"""Internet addresses as those who hold them: one customer has a whole /64 of IPv6, and often all of a /24 or a /48."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NARROW, _WIDE = {4: 32, 6: 64}, {4: 24, 6: 48}


def narrow(address: str | None) -> str:
    """Return what counts as one visitor: an IPv4 address, or the /64 of one of IPv6; what is none stays as it is."""
    return _network(address, _NARROW)


def wide(address: str | None) -> str:
    """Return the neighbourhood of an address, which one sender often holds: the /24, or the /48 of IPv6."""
    return _network(address, _WIDE)


def _network(address: str | None, lengths: dict[int, int]) -> str:
    found = _read(address or "")
    return str(ip_network((found, lengths[found.version]), strict=False)) if found else str(address or "")


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Return an address; one of IPv4 that is written as one of IPv6 is the former, a zone says nothing of who it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found
