"""Messages: all of them, and those that did not arrive, listed, read, corrected and sent again."""

from webapp.web.desk.messages import (  # noqa: F401 - their routes
    holding,
    listing,
    messages,
)
