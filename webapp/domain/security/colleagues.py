"""Who is a colleague: one rule for everyone whom staff name by an address, and when two addresses are one person's."""

from collections.abc import Mapping

from webapp.domain.security.acting import Acting
from webapp.tidying import emails
from webapp.vocabulary import Permission


def faults(named: Mapping[str, str], *, by: Acting) -> dict[str, str]:
    """Return "outside" by field for what is no colleague's address; nothing for who may name outsiders."""
    if by.can(Permission.OUTSIDER_NAME):
        return {}
    known = by.settings.is_colleague
    return {field: "outside" for field, email in named.items() if email and not known(emails.known_as(email))}


def mailbox(email: str) -> str:
    """Return an address without what changes nothing about who reads it: its case, and a word after a plus."""
    local, _at, domain = emails.known_as(email).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
