"""The forms of organisations and contacts."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from webapp import labels
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.organisations.recognition import domains_of
from webapp.domain.organisations.records import OrganisationFacts
from webapp.tidying import sites
from webapp.vocabulary import OrganisationType
from webapp.web import fields
from webapp.web.countries import countries
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.desk.networks import labels as network_labels
from webapp.web.shown import directory

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
MOST_LINES = 30


def _types() -> list[tuple[str, str]]:
    return labels.options(labels.ORGANISATION_TYPE, _)


def _networks() -> list[tuple[str, str]]:
    return network_labels.as_options(directory().entries)


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text, each once."""
    return tuple(dict.fromkeys(filter(None, map(fields.tidy_line, (text or "").split("\n")))))


class OrganisationForm(VersionedForm):
    """What staff say of an organisation."""

    name = fields.line(_l("Name"), required=_l("Enter the name."))
    aliases = fields.text(
        _l("Other names"), description=_l("One a line, also in other scripts. Enquiries are recognised by them.")
    )
    domains = fields.text(
        _l("Its email domains"),
        description=_l("One a line, such as example.org. Those of public email providers say nothing."),
    )
    type = fields.ChoiceField(_l("Type of organisation"), _types, required=_l("Choose the kind."))
    country = fields.ChoiceField(_l("Country or region"), countries, required=_l("Choose the country or region."))
    website = fields.page_address(_l("Website"), limit=500)
    partner = fields.TickField(_l("Existing partner of the university"))
    agreements = fields.text(_l("Agreements"), description=_l("One a line, with dates."))
    networks = fields.ChoicesField(_l("Member of these networks"), _networks)
    notes = fields.text(_l("Notes"), description=_l("Internal: only university staff can see them."))

    def validate_domains(self, field: Field) -> None:
        given = [sites.domain(line) for line in lines_of(field.data)]
        for domain in given[:MOST_LINES]:
            if not _DOMAIN.fullmatch(domain):
                raise ValidationError(_("“%(domain)s” is not a domain like example.org.", domain=domain))
            if not domains_of(f"x@{domain}"):
                raise ValidationError(_("%(domain)s belongs to a public email provider.", domain=domain))
        field.data = "\n".join(dict.fromkeys(given[:MOST_LINES]))

    def validate_website(self, field: Field) -> None:
        if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", field.data):
            raise ValidationError(_("Enter an address that begins with https:// or http://."))

    def facts(self) -> OrganisationFacts:
        """Return what a checked form says."""
        return OrganisationFacts(
            name=str(self.name.data),
            aliases=lines_of(self.aliases.data)[:MOST_LINES],
            domains=lines_of(self.domains.data),
            country=str(self.country.data),
            type=OrganisationType(self.type.data),
            website=self.website.data or "",
            partner=bool(self.partner.data),
            agreements=self.agreements.data or "",
            networks=tuple(self.networks.data),
            notes=self.notes.data or "",
        )


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain facts as the form's fields hold them: lists of lines as texts."""
    return {
        name: "\n".join(value) if isinstance(value, list) and name != "networks" else value
        for name, value in values.items()
    }


class ContactForm(VersionedForm):
    """What staff say of someone at an organisation."""

    name = fields.line(_l("Full name"), required=_l("Enter the full name."))
    position = fields.line(_l("Position"))
    email = fields.line(_l("Email"), checks=[fields.Email()], render_kw={"type": "email", "autocomplete": "off"})
    phone = fields.phone(_l("Phone"))

    def facts(self) -> ContactFacts:
        """Return what a checked form says."""
        return ContactFacts(
            name=str(self.name.data),
            position=self.position.data or "",
            email=(self.email.data or "").lower(),
            phone=self.phone.data or "",
        )
