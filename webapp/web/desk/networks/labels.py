"""What networks are called where one is chosen."""

from collections.abc import Sequence

from flask_babel import gettext as _

from webapp.domain.directory.listing import Entry
from webapp.models import Network


def as_options(networks: Sequence[Network | Entry]) -> list[tuple[str, str]]:
    """Return networks as choices; hidden ones say so."""
    return [
        (network.slug, network.short_name if network.active else _("%(name)s (hidden)", name=network.short_name))
        for network in networks
    ]
