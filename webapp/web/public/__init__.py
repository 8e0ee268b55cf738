"""What a partner sees before they have an enquiry: the directory and the enquiry form."""

from webapp.web.public import dates, directory, enquiry, feeds, information, saved, verify  # noqa: F401 - routes register themselves
from webapp.web.public.blueprint import bp

__all__ = ["bp"]
