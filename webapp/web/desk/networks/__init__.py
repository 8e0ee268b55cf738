"""Networks as staff see them: the list, an entry with its people and checks, and its form."""

from webapp.web.desk.networks import (  # noqa: F401 - their routes
    editing,
    networks,
    removing,
    terms,
)
