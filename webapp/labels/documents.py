"""Papers of a visit, invitation letters and seating."""

from webapp.i18n import N_
from webapp.vocabulary import InterpreterSeat, LetterPurpose, LetterStanding, OrderState, Paper, TableShape

PAPER: dict[Paper, str] = {
    Paper.PROGRAMME: N_("Programme"),
    Paper.DOSSIER: N_("Visit dossier"),
    Paper.NAME_CARDS: N_("Name cards"),
    Paper.TABLE_SIGNS: N_("Table signs"),
    Paper.SEATING: N_("Seating plan"),
    Paper.SECURITY: N_("Gate sheet"),
    Paper.ATTENDANCE: N_("Attendance list"),
}

LETTER_PURPOSE: dict[LetterPurpose, str] = {
    LetterPurpose.HK_OFFICIAL: N_("Hong Kong, official group from Mainland China"),
    LetterPurpose.HK_OTHER: N_("Hong Kong, other visitors"),
    LetterPurpose.MAINLAND_F: N_("Mainland China, F visa (exchange, visit)"),
    LetterPurpose.MAINLAND_M: N_("Mainland China, M visa (business)"),
    LetterPurpose.SCHENGEN: N_("Schengen area"),
    LetterPurpose.UK: N_("United Kingdom"),
}

ORDER_STATE: dict[OrderState, str] = {
    OrderState.WAITING: N_("Being made"),
    OrderState.MADE: N_("Made"),
    OrderState.NOT_PRINTABLE: N_("Cannot be printed"),
    OrderState.INCOMPLETE: N_("Could not be made: a fact is missing"),
    OrderState.FAILED: N_("Could not be made"),
}

TABLE_SHAPE: dict[TableShape, str] = {
    TableShape.LONG_SIDE: N_("A long side faces the door"),
    TableShape.END: N_("An end faces the door"),
}

INTERPRETER_SEAT: dict[InterpreterSeat, str] = {
    InterpreterSeat.RIGHT: N_("To the principal’s right"),
    InterpreterSeat.LEFT: N_("To the principal’s left"),
    InterpreterSeat.BEHIND: N_("Behind the principal"),
}

LETTER_STANDING: dict[LetterStanding, str] = {
    LetterStanding.VALID: N_("This letter is valid"),
    LetterStanding.WITHDRAWN: N_("This letter is no longer valid"),
    LetterStanding.UNKNOWN: N_("We know no such letter"),
}
