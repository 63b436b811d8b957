"""How often strangers may ask.

Whoever holds a certificate's address may look as often as they like; what is limited is guessing: unknown addresses,
numbers with names, files. Counts run by address, over everybody, and for one number, whoever asks for it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitLimit:
    """At most ``most`` visits in a window of ``window_seconds``; ``name`` tells the counts apart."""

    name: str
    most: int
    window_seconds: int


LOOKUPS_BY_ADDRESS = VisitLimit("lookup-address", most=10, window_seconds=60)
LOOKUPS_BY_ADDRESS_AND_HOUR = VisitLimit("lookup-address-hour", most=120, window_seconds=3600)
LOOKUPS_OF_NUMBER = VisitLimit("lookup-number", most=20, window_seconds=3600)
LOOKUPS_IN_ALL = VisitLimit("lookup-all", most=600, window_seconds=60)
FILES_BY_ADDRESS = VisitLimit("file-address", most=6, window_seconds=60)
FILES_IN_ALL = VisitLimit("file-all", most=60, window_seconds=60)
WRONG_CODES_BY_ADDRESS = VisitLimit("code-address", most=60, window_seconds=60)


def address_group(address: str) -> str:
    """Whom an address is counted for: an IPv4 address itself, the /64 of an IPv6 one, since a household has them all.

    Text that is no address (a proxy may send what it likes) counts under one name together.
    """
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]").split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def limits_of_lookup(address: str, number: str) -> Sequence[tuple[VisitLimit, str]]:
    """The limits on one question by number and name, and under which name each counts."""
    group = address_group(address)
    return (
        (LOOKUPS_BY_ADDRESS, group),
        (LOOKUPS_BY_ADDRESS_AND_HOUR, group),
        (LOOKUPS_OF_NUMBER, number),
        (LOOKUPS_IN_ALL, ""),
    )


def limits_of_file(address: str) -> Sequence[tuple[VisitLimit, str]]:
    """The limits on one file handed in."""
    return ((FILES_BY_ADDRESS, address_group(address)), (FILES_IN_ALL, ""))


def limits_of_wrong_code(address: str) -> Sequence[tuple[VisitLimit, str]]:
    """The limit on addresses that lead nowhere."""
    return ((WRONG_CODES_BY_ADDRESS, address_group(address)),)
