"""Who holds an internet address: the /64 and the /48 of IPv6, the address and the /24 of IPv4."""

import pytest

from webapp.tidying import networks


@pytest.mark.parametrize(
    ("address", "narrow", "wide"),
    [
        ("203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:DB8:1:2::ffff", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "", ""),
        (None, "", ""),
        ("unix:", "unix:", "unix:"),
    ],
)
def test_addresses_of_one_holder_count_as_one(address: str | None, narrow: str, wide: str) -> None:
    assert (networks.narrow(address), networks.wide(address)) == (narrow, wide)
