"""Kinds of organisations."""

from webapp.i18n import N_
from webapp.vocabulary import OrganisationType

ORGANISATION_TYPE: dict[OrganisationType, str] = {
    OrganisationType.UNIVERSITY: N_("University or college"),
    OrganisationType.RESEARCH_INSTITUTE: N_("Research institute"),
    OrganisationType.GOVERNMENT: N_("Government or public body"),
    OrganisationType.NETWORK: N_("Network or association"),
    OrganisationType.COMPANY: N_("Company"),
    OrganisationType.FOUNDATION: N_("Foundation or charity"),
    OrganisationType.OTHER: N_("Other"),
}
