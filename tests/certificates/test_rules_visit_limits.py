"""Whom an address is counted for."""

from __future__ import annotations

import pytest

from certificates.rules.visit_limits import address_group, limits_of_lookup


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.7:4711", "unknown"),
        ("unknown", "unknown"),
        ("", "unknown"),
        ("203.0.113.7, 198.51.100.2", "unknown"),
    ],
)
def test_an_address_counts_for_itself_or_its_network(address: str, group: str):
    assert address_group(address) == group


def test_a_lookup_counts_by_address_by_number_and_in_all():
    counted = [(limit.name, name) for limit, name in limits_of_lookup("203.0.113.7", "A1")]
    assert counted == [
        ("lookup-address", "203.0.113.7"),
        ("lookup-address-hour", "203.0.113.7"),
        ("lookup-number", "A1"),
        ("lookup-all", ""),
    ]
