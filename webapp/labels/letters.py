"""Letters, and what is filled into them."""

from webapp.i18n import N_
from webapp.vocabulary import Letter, Placeholder

LETTER: dict[Letter, str] = {
    Letter.ACCEPT: N_("Accept"),
    Letter.DECLINE: N_("Decline"),
    Letter.DEFER: N_("Defer"),
    Letter.REFER: N_("Refer to a faculty"),
    Letter.ONLINE: N_("Offer a meeting online"),
    Letter.OTHER_DATES: N_("Propose three other dates"),
    Letter.THANKS: N_("Thank for a visit"),
}

PLACEHOLDER: dict[Placeholder, str] = {
    Placeholder.CONTACT_NAME: N_("who wrote to us"),
    Placeholder.ORGANISATION: N_("their organisation"),
    Placeholder.SUBJECT: N_("the subject of the enquiry"),
    Placeholder.REFERENCE: N_("its reference"),
    Placeholder.NETWORK: N_("the network it came through, or else the university"),
    Placeholder.DATES: N_("the dates that they named"),
    Placeholder.FACULTY: N_("the faculty; the person who sends the letter fills it in"),
    Placeholder.OFFICE: N_("the office, with the university’s name"),
    Placeholder.PROMISED_ON: N_("the date by which a first answer was promised"),
    Placeholder.SENDER: N_("the name of the person who sends it"),
    Placeholder.PROMISES: N_("what we promised at the visit and is still open"),
}
