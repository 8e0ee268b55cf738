"""Letters and canned replies: their texts, and what is filled into them."""

from webapp.web.desk.letters import (  # noqa: F401 - their routes
    canned_replies,
    letters,
)
