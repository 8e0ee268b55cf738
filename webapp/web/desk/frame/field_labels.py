"""What the fields of records are called where a change of them is shown."""

import re

from flask_babel import gettext as _

from webapp import labels
from webapp.domain.directory.facts import field_of
from webapp.i18n import N_
from webapp.institution import NAMES, name_field
from webapp.vocabulary import Language
from webapp.web.languages import in_language, name_in

FIELD_LABELS: dict[str, str] = {
    "name": N_("Name"),
    **{name_in(language): N_("Name") for language in Language},
    "contact_name": N_("Who answers for it"),
    "aliases": N_("Other names"),
    "domains": N_("Its email domains"),
    "type": N_("Type of organisation"),
    "country": N_("Country or region"),
    "website": N_("Website"),
    "partner": N_("Existing partner of the university"),
    "agreements": N_("Agreements"),
    "networks": N_("Member of these networks"),
    "notes": N_("Notes"),
    "position": N_("Position"),
    "email": N_("Email"),
    "phone": N_("Phone"),
    "text": N_("Text"),
    "role": N_("Role"),
    "language": N_("Language of emails"),
    "active": N_("Active"),
    "liaison": N_("Liaison"),
    "deputy": N_("Deputy"),
    "escalation": N_("Escalation contact"),
    "mailbox": N_("Mailbox of the network"),
    "languages": N_("Languages"),
    "starts_on": N_("First day"),
    "ends_on": N_("Last day"),
    "cover": N_("Cover"),
    "network": N_("Network"),
    "day_kind": N_("Type"),
    **{f"building_{language.suffix}": N_("Building") for language in Language},
    "seats": N_("Seats"),
    "hard": N_("No visit may be in it"),
    "title": N_("Title"),
    "purpose": N_("Purpose"),
    "leaves_on": N_("Leaves on"),
    "back_on": N_("Back on"),
    "people": N_("Who travels"),
    "others": N_("Others who travel"),
    "reported_on": N_("Report received on"),
    "notice_version": N_("Version of the privacy notice"),
    **labels.OFFICE_FIELD,
}
_LANGUAGE_OF = (
    {name_in(language): language for language in Language}
    | {f"building_{language.suffix}": language for language in Language}
    | {name_field(name, language): language for name in NAMES for language in Language}
)
# Of a trip's stops: `stop2_place`.
_STOP = re.compile(r"stop(\d)_(\w+)")
_STOP_PARTS: dict[str, str] = {
    "host": N_("Whom we visit"),
    "place": N_("Place"),
    "country": N_("Country or region"),
    "first_day": N_("First day there"),
    "last_day": N_("Last day there"),
    "timezone": N_("Time zone"),
}
_FACTS = {field_of(fact, language): (fact, language) for fact in labels.NETWORK_FACT for language in Language}


def field_label(name: str) -> str:
    """Return what a field is called; "" for what is kept beside the fields."""
    if name in _LANGUAGE_OF:
        return in_language(_(FIELD_LABELS[name]), _LANGUAGE_OF[name])
    if stop := _STOP.fullmatch(name):
        # translators: the number of a stop of a trip, and what of it
        return _("Stop %(number)s: %(what)s", number=stop[1], what=_(_STOP_PARTS[stop[2]]))
    return _(FIELD_LABELS[name]) if name in FIELD_LABELS else fact(name)


def fact(name: str) -> str:
    """Return what a field of a network is called, with its language where it has one; "" for any other field."""
    if name in labels.NETWORK_FACT:
        return _(labels.NETWORK_FACT[name])
    if name not in _FACTS:
        return ""
    known, language = _FACTS[name]
    return in_language(_(labels.NETWORK_FACT[known]), language)
