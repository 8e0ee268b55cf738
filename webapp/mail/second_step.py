"""The email to the owner of an account about its second step: of each change, and of wrong codes."""

from datetime import datetime

from webapp import labels
from webapp.i18n import N_, datetime_long, translations
from webapp.mail.calendar import to_staff
from webapp.mail.plain import one_line
from webapp.mail.values import Addressee, Button, EmailContent, Institution, Paragraph
from webapp.vocabulary import MessageKind, SecondStepNews

_SAID: dict[SecondStepNews, str] = {
    SecondStepNews.ADDED: N_(
        "“%(name)s” was added to your account at the Liaison Desk on %(time)s, as a second step at sign-in."
    ),
    SecondStepNews.REMOVED: N_(
        "“%(name)s” was removed from your account at the Liaison Desk on %(time)s: it gives no second step any more."
    ),
    SecondStepNews.RECOVERED: N_(
        "A recovery code of your account at the Liaison Desk was used at sign-in on %(time)s. Codes that are left: "
        "%(number)s."
    ),
    SecondStepNews.NEW_CODES: N_(
        "New recovery codes were made for your account at the Liaison Desk on %(time)s. Those of before no longer work."
    ),
    SecondStepNews.RESET: N_(
        "%(name)s has reset the second step of your account at the Liaison Desk. You are signed out everywhere. "
        "Your password stays as it is: sign in with it, and set up a second step again."
    ),
    SecondStepNews.GUESSED: N_(
        "The right password of your account at the Liaison Desk was given on %(time)s, and then several wrong "
        "codes for the second step. No one was let in by them."
    ),
}


def staff_second_step(
    institution: Institution, *, to: Addressee, news: SecondStepNews, at: datetime, name: str = "", number: int = 0
) -> EmailContent:
    """Return what the owner of an account hears about its second step.

    `name` is what was added or removed, or who reset it; `number` how many recovery codes are left.
    """
    t = translations(to.language)
    values = {
        "name": one_line(name, 80) or t.gettext("The office"),
        "time": datetime_long(at, to.language, institution.zone),
        "number": number,
    }
    said = t.gettext(_SAID[news]) % values
    was_you = [] if news is SecondStepNews.RESET else [Paragraph(t.gettext("If this was you, there is nothing to do."))]
    if news is SecondStepNews.RESET:
        otherwise = t.gettext("If you did not expect this, please write to %(email)s.")
    else:
        otherwise = t.gettext(
            "If this was not you, set a new password at once with “Forgotten your password?” on the sign-in page, and "
            "write to %(email)s."
        )
    return to_staff(
        MessageKind.STAFF_SECOND_STEP,
        to,
        heading=t.gettext(labels.SECOND_STEP_NEWS[news]),
        preview=said,
        blocks=(
            Paragraph(said),
            *was_you,
            Paragraph(otherwise % {"email": institution.office_email}),
            Button(t.gettext("Open the sign-in page"), f"{institution.public_url}/desk/sign-in"),
        ),
    )
