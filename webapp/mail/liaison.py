"""Mails to whoever answers for a network, or to the office: the whole request, and a way to the desk."""

from gettext import NullTranslations

from webapp.i18n import LANGUAGE_NAMES, date_long, datetime_long, translations
from webapp.labels import (
    KIND_LONG,
    ORGANISATION_TYPE,
    STATUS_DESK,
    answer_rows,
    country_name,
    earlier_answer_rows,
)
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    DECISION_TOKEN_MARK,
    Addressee,
    Block,
    Button,
    Case,
    Facts,
    HandOver,
    House,
    Mail,
    Paragraph,
    Quote,
    Small,
)
from webapp.vocabulary import CLOCK_STATUSES, Kind, Language, MessageKind


def liaison_received(case: Case, house: House, *, to: Addressee) -> Mail:
    """Return the news of a new enquiry with all that was asked, and the day on which a first answer is due."""
    t = translations(to.language)
    due = date_long(case.promised_on, to.language)
    promised = t.gettext("The partner was promised a first answer by %(date)s.") % {"date": due}
    blocks: list[Block] = [Paragraph(f"{_asks(case, to, t)}{_gap(to)}{promised}", strong=(due,))]
    if not case.network_short:
        blocks.append(Paragraph(t.gettext("No network was chosen: please decide on the desk who answers.")))
    blocks += [
        Quote(t.gettext("What they wrote"), body_text(case.message)),
        *ways(case, house, to, t),
        Facts(_request(case, house, to, t)),
        Small(_answers_reach_office(t)),
    ]
    return letter(
        MessageKind.LIAISON_RECEIVED,
        case,
        to,
        preview=f"{organisation(case, to)}{_dot(to)}{promised}",
        heading=_heading(case, t),
        blocks=tuple(blocks),
    )


def liaison_handed_over(case: Case, house: House, *, to: Addressee, handover: HandOver) -> Mail:
    """Return an open enquiry for whoever answers it from now on: why it comes to them, and all that was asked."""
    t = translations(to.language)
    why = _why(handover, to, t)
    blocks: list[Block] = [Paragraph(why)]
    if case.status in CLOCK_STATUSES:
        due = date_long(case.promised_on, to.language)
        promised = t.gettext("The partner was promised a first answer by %(date)s.") % {"date": due}
        blocks.append(Paragraph(promised, strong=(due,)))
    if handover.note.strip():
        blocks.append(Quote(one_line(handover.given_by), body_text(handover.note)))
    blocks += [
        Quote(t.gettext("What they wrote"), body_text(case.message)),
        *ways(case, house, to, t),
        Facts(((t.gettext("Status"), t.gettext(STATUS_DESK[case.status])), *_request(case, house, to, t))),
        Small(_answers_reach_office(t)),
    ]
    return letter(
        MessageKind.LIAISON_HANDED_OVER,
        case,
        to,
        preview=f"{organisation(case, to)}{_dot(to)}{why}",
        heading=t.gettext("Please decide who answers")
        if handover.office
        else t.gettext("This enquiry is with you now"),
        blocks=tuple(blocks),
    )


def _why(handover: HandOver, to: Addressee, t: NullTranslations) -> str:
    missing, before, giver = map(one_line, (handover.missing, handover.before, handover.given_by))
    until = date_long(handover.until, to.language) if handover.until else ""
    if handover.office and missing:
        text = t.gettext("Nobody who answers for this enquiry can be reached. It is with the office now.")
    elif handover.office:
        text = t.gettext("Nobody is named who answers for this enquiry. It is with the office now.")
    elif missing and until:
        text = t.gettext("%(missing)s is away until %(until)s. You answer meanwhile.")
    elif missing:
        text = t.gettext("%(missing)s no longer answers for it. You answer instead.")
    elif giver:
        text = t.gettext("%(giver)s has given you this enquiry.")
    elif before:
        text = t.gettext("It comes to you from %(before)s, who answered until now.")
    else:
        text = t.gettext("You answer for it from now on.")
    return text % {"missing": missing, "until": until, "giver": giver, "before": before}


def liaison_withdrawn(case: Case, house: House, *, to: Addressee, text: str) -> Mail:
    """Return the news that the partner withdrew; `text` is their reason, or ""."""
    t = translations(to.language)
    said = t.gettext("%(organisation)s has withdrawn this enquiry. There is nothing left to do.") % {
        "organisation": organisation(case, to)
    }
    blocks: list[Block] = [Paragraph(said)]
    if text.strip():
        blocks.append(Quote(t.gettext("Their reason"), body_text(text)))
    blocks += [Facts(summary(case, house, to, t)), *ways(case, house, to, t)]
    return letter(
        MessageKind.LIAISON_WITHDRAWN,
        case,
        to,
        preview=said,
        heading=t.gettext("The partner has withdrawn the enquiry"),
        blocks=tuple(blocks),
    )


def liaison_partner_wrote(case: Case, house: House, *, to: Addressee, text: str) -> Mail:
    """Return what the partner wrote about an enquiry that is already known."""
    t = translations(to.language)
    said = t.gettext("%(name)s, %(organisation)s, has written about this enquiry.") % {
        "name": one_line(case.contact_name),
        "organisation": organisation(case, to),
    }
    status = (t.gettext("Status"), t.gettext(STATUS_DESK[case.status]))
    due = (t.gettext("First answer due"), date_long(case.promised_on, to.language))
    clock = (due,) if case.status in CLOCK_STATUSES else ()
    files = (t.gettext("Files"), "\n".join(map(one_line, case.attachment_names)))
    return letter(
        MessageKind.LIAISON_PARTNER_WROTE,
        case,
        to,
        preview=one_line(text, 140),
        heading=t.gettext("The partner has written"),
        blocks=(
            Paragraph(said),
            Quote(t.gettext("What they wrote"), body_text(text)),
            *ways(case, house, to, t),
            Facts((*((files,) if files[1] else ()), *summary(case, house, to, t), status, *clock)),
            Small(_answers_reach_office(t)),
        ),
    )


def staff_mentioned(case: Case, house: House, *, to: Addressee, text: str, author: str) -> Mail:
    """Return the note in which `author` names the reader; it is for people of the university only."""
    t = translations(to.language)
    said = t.gettext("%(name)s names you in a note about this enquiry.") % {"name": one_line(author)}
    return letter(
        MessageKind.STAFF_MENTIONED,
        case,
        to,
        preview=one_line(text, 140),
        heading=t.gettext("You are named in a note"),
        blocks=(
            Paragraph(said),
            Quote(t.gettext("The note"), body_text(text)),
            Button(t.gettext("Open on the desk"), f"{house.public_url}/desk/enquiries/{case.reference}"),
            Facts(summary(case, house, to, t)),
            Small(t.gettext("Notes are internal: the partner never sees them.")),
        ),
    )


def letter(
    kind: MessageKind, case: Case, to: Addressee, *, preview: str, heading: str, blocks: tuple[Block, ...]
) -> Mail:
    """Return an automatic mail to somebody of the university, in the thread of its enquiry."""
    t = translations(to.language)
    name = one_line(to.name, 80)
    return Mail(
        kind=kind,
        language=to.language,
        recipient_name=name,
        recipient_email=to.email,
        subject=f"[{case.reference}] {_subject(case, t)}",
        preview=preview,
        greeting=t.gettext("Dear %(name)s,") % {"name": name} if name else t.gettext("Dear colleagues,"),
        heading=heading,
        blocks=blocks,
    )


def _subject(case: Case, t: NullTranslations) -> str:
    """The same in all mails of an enquiry, for some mail programs part a thread where the subject changes."""
    values = {
        "kind": t.gettext(KIND_LONG[case.asked_as or case.kind]),
        "network": case.network_short,
        "organisation": one_line(case.organisation, 60),
    }
    if case.network_short:
        return t.gettext("%(kind)s through %(network)s: %(organisation)s") % values
    return t.gettext("%(kind)s: %(organisation)s") % values


def _heading(case: Case, t: NullTranslations) -> str:
    if case.network_short:
        texts = {
            Kind.VISIT: t.gettext("A delegation would like to visit through %(network)s"),
            Kind.COLLABORATION: t.gettext("A partner would like to work with us through %(network)s"),
            Kind.QUESTION: t.gettext("A partner has a question about %(network)s"),
        }
        return texts[case.kind] % {"network": case.network_short}
    return {
        Kind.VISIT: t.gettext("A delegation would like to visit"),
        Kind.COLLABORATION: t.gettext("A partner would like to work with us"),
        Kind.QUESTION: t.gettext("A partner has a question"),
    }[case.kind]


def _asks(case: Case, to: Addressee, t: NullTranslations) -> str:
    texts = {
        Kind.VISIT: t.gettext("%(organisation)s asks for a delegation visit."),
        Kind.COLLABORATION: t.gettext("%(organisation)s asks for a collaboration."),
        Kind.QUESTION: t.gettext("%(organisation)s asks a question."),
    }
    return texts[case.kind] % {"organisation": organisation(case, to)}


def _request(case: Case, house: House, to: Addressee, t: NullTranslations) -> tuple[tuple[str, str], ...]:
    """Everything that was asked but the message: who, what and when first."""
    known = case.organisation_type
    contact = "\n".join(
        filter(None, map(one_line, (case.contact_name, case.contact_position, case.contact_email, case.phone)))
    )
    rows = (
        (t.gettext("Organisation"), organisation(case, to)),
        (t.gettext("Contact"), contact),
        (t.gettext("On behalf of"), one_line(case.on_behalf_of)),
        (t.gettext("Subject"), one_line(case.subject)),
        *((label, body_text(value)) for label, value in _answers(case, to, t)),
        (t.gettext("Files"), "\n".join(map(one_line, case.attachment_names))),
        (t.gettext("Kind of organisation"), t.gettext(ORGANISATION_TYPE[known]) if known else ""),
        (t.gettext("Existing link"), body_text(case.existing_link)),
        (t.gettext("Network"), case.network(to.language)),
        (t.gettext("Replies in"), LANGUAGE_NAMES[case.language]),
        (t.gettext("Sent"), datetime_long(case.submitted_at, to.language, house.zone)),
    )
    return tuple((label, value) for label, value in rows if value)


def _answers(case: Case, to: Addressee, t: NullTranslations) -> list[tuple[str, str]]:
    """What the kind asks, then what the partner told when it was another kind."""
    return [
        *answer_rows(case.kind, case.answers, t.gettext, to.language),
        *earlier_answer_rows(case.kind, case.answers, t.gettext, to.language),
    ]


def summary(case: Case, house: House, to: Addressee, t: NullTranslations) -> tuple[tuple[str, str], ...]:
    """Return the rows that say which enquiry it is."""
    rows = (
        (t.gettext("Enquiry"), t.gettext(KIND_LONG[case.kind])),
        (t.gettext("Network"), case.network(to.language)),
        (t.gettext("Subject"), one_line(case.subject)),
        (t.gettext("Contact"), "\n".join(map(one_line, (case.contact_name, case.contact_email)))),
        (t.gettext("Sent"), datetime_long(case.submitted_at, to.language, house.zone)),
    )
    return tuple((label, value) for label, value in rows if value)


def organisation(case: Case, to: Addressee) -> str:
    """Return the partner's organisation with its country, as the reader's language writes it."""
    name, country = one_line(case.organisation), country_name(case.country, to.language)
    if not country:
        return name
    return f"{name} ({country})" if _spaced(to) else f"{name}（{country}）"


def _spaced(to: Addressee) -> bool:
    """Tell whether the reader's language parts sentences by spaces."""
    return to.language is Language.EN


def _gap(to: Addressee) -> str:
    return " " if _spaced(to) else ""


def _dot(to: Addressee) -> str:
    return ". " if _spaced(to) else "。"


def ways(case: Case, house: House, to: Addressee, t: NullTranslations) -> list[Block]:
    """Return the ways to answer: from the mail, for whoever may; at the desk, for whoever can sign in there."""
    found: list[Block] = []
    if to.decides:
        found.append(Button(t.gettext("Answer from this mail"), f"{house.public_url}/decisions/{DECISION_TOKEN_MARK}"))
    if to.has_account or not to.decides:
        found.append(Button(t.gettext("Open on the desk"), f"{house.public_url}/desk/enquiries/{case.reference}"))
    if to.decides:
        what = t.gettext(
            "“Answer from this mail” opens a page for you alone, without a password: accept, decline, ask the partner, "
            "propose other dates, pass it on, or say that you are away. Nothing happens before you press the button "
            "there."
        )
        found.append(Small(what))
    return found


def _answers_reach_office(t: NullTranslations) -> str:
    return t.gettext("An answer to this mail reaches the office, not the partner.")
