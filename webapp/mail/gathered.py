"""Several messages of one partner in one email: the beginning of each, how many there are, and the way to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.i18n import datetime_long, translations
from webapp.labels import STATUS_DESK
from webapp.mail.calendar import LONGEST_LIST, rest
from webapp.mail.liaison import answers_reach_office, organisation, summary, to_colleague, ways
from webapp.mail.plain import one_line
from webapp.mail.values import Addressee, EmailContent, EnquiryDetails, FactTable, Institution, Paragraph, Quote, Small
from webapp.vocabulary import MessageKind

_BEGINNING = 300


@dataclass(frozen=True)
class Written:
    """One message: when it came, from whom, and what it says."""

    at: datetime
    name: str
    text: str


def liaison_partner_wrote_again(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, written: Sequence[Written]
) -> EmailContent:
    """Return what a partner wrote in several messages, oldest first; their files are those of `enquiry`."""
    t = translations(to.language)
    said = t.ngettext(
        "%(num)s more message about this enquiry has come from %(name)s, %(organisation)s.",
        "%(num)s more messages about this enquiry have come from %(name)s, %(organisation)s.",
        len(written),
    ) % {
        "num": len(written),
        "name": one_line(enquiry.contact_name),
        "organisation": organisation(enquiry, to),
    }
    # translators: above the words of a message: who wrote it, and when
    label = t.gettext("%(name)s, %(time)s")
    quotes = [
        Quote(
            label % {"name": one_line(each.name), "time": datetime_long(each.at, to.language, institution.zone)},
            one_line(each.text, _BEGINNING),
        )
        for each in written[:LONGEST_LIST]
    ]
    cut = any(len(one_line(each.text, _BEGINNING + 1)) > _BEGINNING for each in written)
    shortened = t.gettext("Long messages are shortened here: open the enquiry to read them whole.")
    files = (t.gettext("Files"), "\n".join(map(one_line, enquiry.attachment_names)))
    status = (t.gettext("Status"), t.gettext(STATUS_DESK[enquiry.status]))
    return to_colleague(
        MessageKind.LIAISON_PARTNER_WROTE_AGAIN,
        enquiry,
        to,
        preview=one_line(written[0].text, 140),
        heading=t.gettext("The partner has written several messages"),
        blocks=(
            Paragraph(said),
            *quotes,
            *rest(written, t),
            *ways(enquiry, institution, to, t),
            FactTable((*((files,) if files[1] else ()), *summary(enquiry, institution, to, t), status)),
            *((Small(shortened),) if cut else ()),
            Small(answers_reach_office(t)),
        ),
    )
