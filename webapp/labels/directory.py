"""Networks and their facts."""

from webapp.i18n import N_
from webapp.vocabulary import DirectoryOrder, Group, TermKind

GROUP: dict[str, str] = {
    Group.COFOUNDED: N_("Co-founded"),
    Group.MEMBER: N_("Joined as a member"),
}

# What staff edit of a network, by field; facts with words without their language.
NETWORK_FACT: dict[str, str] = {
    "name": N_("Name of the network"),
    "acronym": N_("Acronym"),
    "former_names": N_("Former names"),
    "summary": N_("Summary"),
    "description": N_("Description"),
    "activities": N_("What the network does"),
    "group": N_("Relationship"),
    "role": N_("The university’s role"),
    "role_note": N_("Note on the role"),
    "founded": N_("Year of founding"),
    "founded_by": N_("Founded by"),
    "administered_by": N_("Administered by"),
    "supported_by": N_("Supported by"),
    "size": N_("Size (wording)"),
    "countries": N_("Reach (wording)"),
    "scope": N_("Field of work"),
    "regions": N_("Region"),
    "similar": N_("Networks with a similar purpose"),
    "website": N_("Official site"),
    "source_url": N_("Address of the source"),
    "as_of": N_("As of"),
    "cautions": N_("Cautions when wording a fact"),
    "place": N_("Place in the list"),
    "shown": N_("Shown to the public"),
    "owner": N_("Owner"),
    "verified_on": N_("Last checked"),
}

TERM_KIND: dict[TermKind, str] = {
    TermKind.SCOPE: N_("Field of work"),
    TermKind.REGION: N_("Region"),
    TermKind.GROUP: N_("Group"),
}

DIRECTORY_ORDER: dict[DirectoryOrder, str] = {
    DirectoryOrder.NAME: N_("by name"),
    DirectoryOrder.YEAR: N_("by year"),
    DirectoryOrder.SIZE: N_("by size"),
}

DIRECTORY_HEADING: dict[DirectoryOrder, str] = {
    DirectoryOrder.NAME: N_("Networks by name"),
    DirectoryOrder.YEAR: N_("Networks by year of founding"),
    DirectoryOrder.SIZE: N_("Networks by size"),
}
