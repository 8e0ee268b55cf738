"""Emails to those who answer for a network, or to the office: the whole request, and a way to the desk."""

from gettext import NullTranslations

from webapp.i18n import bracketed, date_long, datetime_long, translations
from webapp.labels import (
    KIND_LONG,
    ORGANISATION_TYPE,
    STATUS_DESK,
    answer_rows,
    country_name,
    earlier_answer_rows,
)
from webapp.mail.called_off import freed, letters_withdrawn
from webapp.mail.plain import body_text, one_line
from webapp.mail.quoting import quoted
from webapp.mail.values import (
    DECISION_TOKEN_SLOT,
    Addressee,
    Block,
    Button,
    EmailContent,
    EnquiryDetails,
    FactTable,
    HandOver,
    Institution,
    Paragraph,
    Quote,
    Small,
)
from webapp.vocabulary import CLOCK_STATUSES, Kind, MessageKind


def liaison_received(enquiry: EnquiryDetails, institution: Institution, *, to: Addressee) -> EmailContent:
    """Return the news of a new enquiry with all that was asked, and the day on which a first answer is due."""
    t = translations(to.language)
    due = date_long(enquiry.promised_on, to.language)
    promised = t.gettext("Please reply by %(date)s.") % {"date": due}
    blocks: list[Block] = [Paragraph(_asks(enquiry, to, t) + to.language.writing.sentences + promised, strong=(due,))]
    if not enquiry.network_short:
        blocks.append(Paragraph(t.gettext("No network was chosen: please decide on the desk who answers.")))
    blocks += [*ways(enquiry, institution, to, t), *quoted(enquiry.message, t)]
    blocks += [
        FactTable(_request(enquiry, institution, to, t)),
        Small(answers_reach_office(t)),
    ]
    return to_colleague(
        MessageKind.LIAISON_RECEIVED,
        enquiry,
        to,
        preview=f"{organisation(enquiry, to)}{to.language.writing.stop}{promised}",
        heading=_heading(enquiry, t),
        blocks=tuple(blocks),
    )


def liaison_handed_over(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, handover: HandOver
) -> EmailContent:
    """Return an open enquiry for its new answerer: why it comes to them, and all that was asked."""
    t = translations(to.language)
    why = _why(handover, to, t)
    blocks: list[Block] = [Paragraph(why)]
    if enquiry.status in CLOCK_STATUSES:
        due = date_long(enquiry.promised_on, to.language)
        promised = t.gettext("Please reply by %(date)s.") % {"date": due}
        blocks.append(Paragraph(promised, strong=(due,)))
    if handover.note.strip():
        blocks.append(Quote(one_line(handover.given_by), body_text(handover.note)))
    blocks += [
        *ways(enquiry, institution, to, t),
        *quoted(enquiry.message, t),
        FactTable(
            ((t.gettext("Status"), t.gettext(STATUS_DESK[enquiry.status])), *_request(enquiry, institution, to, t))
        ),
        Small(answers_reach_office(t)),
    ]
    return to_colleague(
        MessageKind.LIAISON_HANDED_OVER,
        enquiry,
        to,
        preview=f"{organisation(enquiry, to)}{to.language.writing.stop}{why}",
        heading=t.gettext("Please decide who answers")
        if handover.office
        else t.gettext("This enquiry is with you now"),
        blocks=tuple(blocks),
    )


def _why(handover: HandOver, to: Addressee, t: NullTranslations) -> str:
    missing, before, giver = map(one_line, (handover.missing, handover.before, handover.given_by))
    until = date_long(handover.until, to.language) if handover.until else ""
    if handover.office and missing:
        text = t.gettext("No one who handles this enquiry can be reached. It is now with the office.")
    elif handover.office:
        text = t.gettext("No one is named to handle this enquiry. It is now with the office.")
    elif missing and until:
        text = t.gettext("%(missing)s is away until %(until)s. You are covering until then.")
    elif missing:
        text = t.gettext("%(missing)s no longer handles it. Please handle it instead.")
    elif giver:
        text = t.gettext("%(giver)s has given you this enquiry.")
    elif before:
        text = t.gettext("Until now it was with %(before)s.")
    else:
        text = t.gettext("Please handle it from now on.")
    return text % {"missing": missing, "until": until, "giver": giver, "before": before}


def liaison_withdrawn(enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, text: str) -> EmailContent:
    """Return the news that the partner withdrew; `text` is their reason, or ""."""
    t = translations(to.language)
    off, who = freed(enquiry, to.language), {"organisation": organisation(enquiry, to)}
    ended = t.gettext("%(organisation)s has withdrawn this enquiry. There is nothing left to do.")
    said = (t.gettext("%(organisation)s has cancelled the visit.") if off else ended) % who
    blocks: list[Block] = [Paragraph(said), *off, *letters_withdrawn(enquiry, to.language)]
    blocks += [Quote(t.gettext("Their reason"), body_text(text))] if text.strip() else []
    blocks += [FactTable(summary(enquiry, institution, to, t)), *ways(enquiry, institution, to, t)]
    return to_colleague(
        MessageKind.LIAISON_WITHDRAWN,
        enquiry,
        to,
        preview=said,
        heading=t.gettext("The partner has withdrawn the enquiry"),
        blocks=tuple(blocks),
    )


def liaison_partner_wrote(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, text: str
) -> EmailContent:
    """Return what the partner wrote about an enquiry that is already known."""
    t = translations(to.language)
    said = t.gettext("%(name)s, %(organisation)s, has written about this enquiry.") % {
        "name": one_line(enquiry.contact_name),
        "organisation": organisation(enquiry, to),
    }
    status = (t.gettext("Status"), t.gettext(STATUS_DESK[enquiry.status]))
    due = (t.gettext("First answer due"), date_long(enquiry.promised_on, to.language))
    clock = (due,) if enquiry.status in CLOCK_STATUSES else ()
    files = (t.gettext("Files"), "\n".join(map(one_line, enquiry.attachment_names)))
    return to_colleague(
        MessageKind.LIAISON_PARTNER_WROTE,
        enquiry,
        to,
        preview=one_line(text, 140),
        heading=t.gettext("The partner has written"),
        blocks=(
            Paragraph(said),
            *ways(enquiry, institution, to, t),
            *quoted(text, t),
            FactTable((*((files,) if files[1] else ()), *summary(enquiry, institution, to, t), status, *clock)),
            Small(answers_reach_office(t)),
        ),
    )


def to_colleague(
    kind: MessageKind, enquiry: EnquiryDetails, to: Addressee, *, preview: str, heading: str, blocks: tuple[Block, ...]
) -> EmailContent:
    """Return an automatic email to someone of the university, in the thread of its enquiry."""
    t = translations(to.language)
    name = one_line(to.name, 80)
    return EmailContent(
        kind=kind,
        language=to.language,
        recipient_name=name,
        recipient_email=to.email,
        subject=f"[{enquiry.reference}] {_subject(enquiry, t)}",
        preview=preview,
        greeting=t.gettext("Dear %(name)s,") % {"name": name} if name else t.gettext("Dear colleagues,"),
        heading=heading,
        blocks=blocks,
    )


def _subject(enquiry: EnquiryDetails, t: NullTranslations) -> str:
    """Return the one subject of all emails of an enquiry: some email programs split a thread where it changes."""
    values = {
        "kind": t.gettext(KIND_LONG[enquiry.asked_as or enquiry.kind]),
        "network": enquiry.network_short,
        "organisation": one_line(enquiry.organisation, 60),
    }
    if enquiry.network_short:
        return t.gettext("%(kind)s through %(network)s: %(organisation)s") % values
    return t.gettext("%(kind)s: %(organisation)s") % values


def _heading(enquiry: EnquiryDetails, t: NullTranslations) -> str:
    if enquiry.network_short:
        texts = {
            Kind.VISIT: t.gettext("A delegation would like to visit through %(network)s"),
            Kind.COLLABORATION: t.gettext("A partner would like to work with us through %(network)s"),
            Kind.QUESTION: t.gettext("A partner has a question about %(network)s"),
        }
        return texts[enquiry.kind] % {"network": enquiry.network_short}
    return {
        Kind.VISIT: t.gettext("A delegation would like to visit"),
        Kind.COLLABORATION: t.gettext("A partner would like to work with us"),
        Kind.QUESTION: t.gettext("A partner has a question"),
    }[enquiry.kind]


def _asks(enquiry: EnquiryDetails, to: Addressee, t: NullTranslations) -> str:
    texts = {
        Kind.VISIT: t.gettext("%(organisation)s would like to arrange a delegation visit."),
        Kind.COLLABORATION: t.gettext("%(organisation)s would like to collaborate with us."),
        Kind.QUESTION: t.gettext("%(organisation)s asks a question."),
    }
    return texts[enquiry.kind] % {"organisation": organisation(enquiry, to)}


def _request(
    enquiry: EnquiryDetails, institution: Institution, to: Addressee, t: NullTranslations
) -> tuple[tuple[str, str], ...]:
    """Return everything that was asked but the message: who, what and when first."""
    known = enquiry.organisation_type
    contact = "\n".join(
        filter(
            None, map(one_line, (enquiry.contact_name, enquiry.contact_position, enquiry.contact_email, enquiry.phone))
        )
    )
    rows = (
        (t.gettext("Organisation"), organisation(enquiry, to)),
        (t.gettext("Contact"), contact),
        (t.gettext("On behalf of"), one_line(enquiry.on_behalf_of)),
        (t.gettext("Subject"), one_line(enquiry.subject)),
        *((label, body_text(value)) for label, value in _answers(enquiry, to, t)),
        (t.gettext("Files"), "\n".join(map(one_line, enquiry.attachment_names))),
        (t.gettext("Type of organisation"), t.gettext(ORGANISATION_TYPE[known]) if known else ""),
        (t.gettext("Existing ties"), body_text(enquiry.existing_link)),
        (t.gettext("Network"), enquiry.network(to.language)),
        (t.gettext("Replies in"), _replies_in(enquiry, institution)),
        (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, to.language, institution.zone)),
    )
    return tuple((label, value) for label, value in rows if value)


def _replies_in(enquiry: EnquiryDetails, institution: Institution) -> str:
    """Return the language that the partner chose, where there was a choice."""
    chosen = enquiry.written_in or enquiry.language
    return "" if institution.languages == (chosen,) else chosen.writing.name


def _answers(enquiry: EnquiryDetails, to: Addressee, t: NullTranslations) -> list[tuple[str, str]]:
    """Return what the kind asks, then what the partner told when it was another kind."""
    return [
        *answer_rows(enquiry.kind, enquiry.answers, t.gettext, to.language),
        *earlier_answer_rows(enquiry.kind, enquiry.answers, t.gettext, to.language),
    ]


def summary(
    enquiry: EnquiryDetails, institution: Institution, to: Addressee, t: NullTranslations, *, contact: bool = True
) -> tuple[tuple[str, str], ...]:
    """Return the rows that say which enquiry it is; `contact` is who wrote it, whom hosts do not read."""
    writer = "\n".join(map(one_line, (enquiry.contact_name, enquiry.contact_email))) if contact else ""
    rows = (
        (t.gettext("Enquiry"), t.gettext(KIND_LONG[enquiry.kind])),
        (t.gettext("Network"), enquiry.network(to.language)),
        (t.gettext("Subject"), one_line(enquiry.subject)),
        (t.gettext("Contact"), writer),
        (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, to.language, institution.zone)),
    )
    return tuple((label, value) for label, value in rows if value)


def organisation(enquiry: EnquiryDetails, to: Addressee) -> str:
    """Return the partner's organisation with its country, as the reader's language writes it."""
    name, country = one_line(enquiry.organisation), country_name(enquiry.country, to.language)
    if not country:
        return name
    return bracketed(name, country, to.language)


def ways(enquiry: EnquiryDetails, institution: Institution, to: Addressee, t: NullTranslations) -> list[Block]:
    """Return the ways to answer: from the email, for those who may; at the desk, for those who can sign in there."""
    found: list[Block] = []
    url = institution.public_url
    if to.decides:
        found.append(Button(t.gettext("Answer from this email"), f"{url}/decisions/{DECISION_TOKEN_SLOT}"))
    if to.has_account or not to.decides:
        found.append(Button(t.gettext("Open on the desk"), f"{url}/desk/enquiries/{enquiry.reference}"))
    if to.decides:
        found.append(Small(_what_can_be_answered(enquiry, t)))
    return found


def _what_can_be_answered(enquiry: EnquiryDetails, t: NullTranslations) -> str:
    if enquiry.kind is Kind.VISIT:
        return t.gettext(
            "“Answer from this email” opens a page for you alone, without a password: accept, decline, ask the "
            "partner, propose other dates, pass it on, or say that you are away. Nothing happens before you "
            "press the button there."
        )
    return t.gettext(
        "“Answer from this email” opens a page for you alone, without a password: accept, decline, ask the "
        "partner, pass it on, or say that you are away. Nothing happens before you press the button there."
    )


def answers_reach_office(t: NullTranslations) -> str:
    """Return the sentence that says who gets a reply to an email."""
    return t.gettext("Replies to this email go to the office, not to the partner.")
