"""Organisations and contacts: the list, records with their enquiries, their forms, and merging."""

from webapp.web.desk.organisations import (  # noqa: F401 - their routes
    contacts,
    merging,
    organisations,
)
