"""Emails about one's own account at the desk: the invitation, a link to a new password, and that it was changed."""

from datetime import datetime
from gettext import NullTranslations

from webapp.i18n import datetime_long, translations
from webapp.mail.calendar import to_staff
from webapp.mail.plain import one_line
from webapp.mail.values import ACCOUNT_TOKEN_SLOT, Addressee, Button, EmailContent, Institution, Paragraph, Small
from webapp.vocabulary import MessageKind


def staff_invited(institution: Institution, *, to: Addressee, by: str, until: datetime) -> EmailContent:
    """Return the news that someone has an account, with the link to set its password; `by` "" is the office."""
    t = translations(to.language)
    name = one_line(by) or t.gettext("The office")
    said = t.gettext("%(name)s has opened an account for you at the Liaison Desk.") % {"name": name}
    how = t.gettext("Set a password, then sign in with it and with this email address: %(email)s.")
    return to_staff(
        MessageKind.STAFF_INVITED,
        to,
        heading=t.gettext("Your account at the Liaison Desk"),
        preview=said,
        blocks=(
            Paragraph(said),
            Paragraph(how % {"email": to.email}),
            _button(institution, t),
            _ends(institution, to, until, t),
            Small(
                t.gettext("If you did not expect this, please write to %(email)s.")
                % {"email": institution.office_email}
            ),
        ),
    )


def staff_reset(institution: Institution, *, to: Addressee, by: str, until: datetime) -> EmailContent:
    """Return the link to a new password: asked for at the sign-in page, or sent by an administrator (`by`)."""
    t = translations(to.language)
    if by:
        said = t.gettext(
            "%(name)s has reset the password of your account at the Liaison Desk. The old one no longer works, and you "
            "are signed out everywhere."
        ) % {"name": one_line(by)}
        otherwise = t.gettext("If you did not expect this, please write to %(email)s.")
    else:
        said = t.gettext("A new password was asked for, for your account at the Liaison Desk.")
        otherwise = t.gettext(
            "If you did not ask for it, do nothing: your password stays as it is. If it happens often, please write to "
            "%(email)s."
        )
    return to_staff(
        MessageKind.STAFF_RESET,
        to,
        heading=t.gettext("Set a new password"),
        preview=said,
        blocks=(
            Paragraph(said),
            _button(institution, t),
            _ends(institution, to, until, t),
            Small(otherwise % {"email": institution.office_email}),
        ),
    )


def staff_password_changed(institution: Institution, *, to: Addressee, at: datetime) -> EmailContent:
    """Return the news that the password of an account was changed, for its owner to object to."""
    t = translations(to.language)
    said = t.gettext("The password of your account at the Liaison Desk was changed on %(time)s.") % {
        "time": datetime_long(at, to.language, institution.zone)
    }
    otherwise = t.gettext(
        "If this was not you, set a new password at once with “Forgotten your password?” on the sign-in page, and "
        "write to %(email)s."
    )
    return to_staff(
        MessageKind.STAFF_PASSWORD_CHANGED,
        to,
        heading=t.gettext("Your password was changed"),
        preview=said,
        blocks=(
            Paragraph(said),
            Paragraph(t.gettext("If this was you, there is nothing to do.")),
            Paragraph(otherwise % {"email": institution.office_email}),
            Button(t.gettext("Open the sign-in page"), f"{institution.public_url}/desk/sign-in"),
        ),
    )


def _button(institution: Institution, t: NullTranslations) -> Button:
    return Button(t.gettext("Set your password"), f"{institution.public_url}/desk/set-password/{ACCOUNT_TOKEN_SLOT}")


def _ends(institution: Institution, to: Addressee, until: datetime, t: NullTranslations) -> Small:
    words = t.gettext("The button opens a page for you alone. It works once, until %(time)s.")
    return Small(words % {"time": datetime_long(until, to.language, institution.zone)})
