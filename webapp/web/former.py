"""The names of colleagues as people read them: a former one is a number, in the reader's language."""

import re

from flask_babel import gettext as _

from webapp.domain.privacy.former import NAME

_STORED = re.compile(rf"{NAME} (\d+)")


def colleague(name: str) -> str:
    """Return the name of a colleague to show."""
    found = _STORED.fullmatch(name)
    return _("Former colleague %(number)s", number=found[1]) if found else name
