"""Levels, what is suggested, and screenings."""

from webapp.i18n import N_
from webapp.vocabulary import Advice, Level, ScreeningResult

LEVEL: dict[Level, str] = {
    Level.A: N_("Level A"),
    Level.B: N_("Level B"),
    Level.C: N_("Level C"),
}

ADVICE: dict[Advice, str] = {
    Advice.ACCEPT: N_("Accept"),
    Advice.ASK: N_("Ask the partner"),
    Advice.OTHER_DATES: N_("Propose other dates"),
    Advice.ONLINE: N_("Offer a meeting online"),
    Advice.REFER: N_("Refer to a faculty"),
    Advice.DECLINE: N_("Decline"),
}

SCREENING_RESULT: dict[ScreeningResult, str] = {
    ScreeningResult.CLEAR: N_("Clear: no one is on the lists"),
    ScreeningResult.MATCH: N_("Match: needs review"),
    ScreeningResult.CLEARED: N_("Cleared: the match is someone else, or permitted"),
}
