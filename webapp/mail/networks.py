"""The email about entries of the directory: those that no one checked for a year, to their owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.i18n import date_range, localised, translations
from webapp.mail.calendar import LONGEST_LIST, rest, to_staff
from webapp.mail.plain import one_line
from webapp.mail.values import Addressee, Button, EmailContent, FactTable, Institution, Paragraph, Small
from webapp.vocabulary import Language, MessageKind


@dataclass(frozen=True)
class DueNetwork:
    """One entry: what it is called, and when it was last checked, or else the date of its source."""

    acronym: str
    name: Mapping[str, str]
    checked_on: date
    checked: bool

    def line(self, language: Language) -> tuple[str, str]:
        """Return the entry as a row: what it is called in short, then its name and its date."""
        t, name = translations(language), one_line(localised(self.name, language))
        said = t.gettext("last checked on %(day)s") if self.checked else t.gettext("source of %(day)s, not yet checked")
        when = said % {"day": date_range(self.checked_on, self.checked_on, language)}
        return self.acronym or name, f"{name}\n{when}" if self.acronym else when


def staff_networks_due(networks: Sequence[DueNetwork], institution: Institution, *, to: Addressee) -> EmailContent:
    """Return the question whether entries are still right, all of one reader's in one email; the office has no name."""
    t = translations(to.language)
    heading = t.ngettext(
        "Please check this network’s entry", "Please check the entries of %(num)s networks", len(networks)
    ) % {"num": len(networks)}
    said = t.ngettext(
        "No one has checked this entry of the public directory for a year.",
        "No one has checked these entries of the public directory for a year.",
        len(networks),
    )
    if to.name:
        whose = t.ngettext("You are its owner.", "You are their owner.", len(networks))
    else:
        whose = t.gettext("No owner is named, or the one named can no longer edit.")
    opening = Paragraph(said + to.language.writing.sentences + whose)
    what = t.gettext(
        "Open each on the desk. If it is still right, press “Confirm that this entry is up to date”. Where a fact has "
        "changed, have it changed by an administrator, with the page that states it."
    )
    again = t.gettext("We will remind you once a month, in one email, until everything is checked.")
    rows = tuple(network.line(to.language) for network in networks[:LONGEST_LIST])
    button = Button(t.gettext("Open the entries to check"), f"{institution.public_url}/desk/networks?show=check")
    return to_staff(
        MessageKind.STAFF_NETWORKS_DUE,
        to,
        heading=heading,
        preview=said,
        blocks=(opening, FactTable(rows), *rest(networks, t), Paragraph(what), button, Small(again)),
    )
