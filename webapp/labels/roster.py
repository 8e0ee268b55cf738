"""The columns of a list of delegates, and what is wrong with what was sent."""

from webapp.i18n import N_
from webapp.vocabulary import RosterChangeKind

ROSTER_COLUMN: dict[str, str] = {
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "name_order": N_("Order of the names"),
    "honorific": N_("Form of address"),
    "position": N_("Position"),
    "academic_title": N_("Academic title"),
    "organisation": N_("Organisation"),
    "email": N_("Email"),
    "diet": N_("Diet"),
    "access_needs": N_("Access and other needs"),
    "arrival": N_("Arrival"),
    "departure": N_("Departure"),
    "invitation_letter": N_("Needs an invitation letter"),
    "nationality": N_("Nationality"),
    "gender": N_("Gender"),
    "birth_date": N_("Date of birth"),
    "passport_name": N_("Name in the passport"),
    "passport_number": N_("Passport number"),
    "passport_country": N_("Passport issued by"),
    "passport_expiry": N_("Passport valid until"),
    "vehicle": N_("Vehicle"),
    "photo_consent": N_("May appear in photos"),
}
# What is not plain from a column's name.
ROSTER_NOTE: dict[str, str] = {
    "family_name": N_("As in the passport, in its own script. Someone with one name needs no other."),
    "name_order": N_("family_first or given_first: how the name is said and printed."),
    "position": N_("The post, such as Vice-President; an academic title has a column of its own."),
    "arrival": N_("Day, time and flight, train or car."),
    "departure": N_("Day, time and flight, train or car."),
    "vehicle": N_("The number plate, where someone comes by car."),
    "invitation_letter": N_("yes or no. Passport details are needed for a letter only, and are not kept otherwise."),
    "birth_date": N_("Such as 1980-03-09."),
    "passport_name": N_("Letter by letter as in the passport: visa offices compare it."),
    "passport_expiry": N_("Such as 2031-01-31."),
}
# By the word with which `tidying.roster` says it.
ROSTER_PROBLEM: dict[str, str] = {
    "name": N_("Enter a family name or a given name."),
    "email": N_("Enter an email address like name@example.org."),
    "order": N_("Write family_first or given_first."),
    "answer": N_("Write yes or no."),
    "day": N_("Enter a date such as 2027-03-09."),
    "day order": N_("This date is not in the order of the others in its column. Enter it as 2027-03-09."),
    "undecided": N_("Say whether the day or the month comes first."),
    "unborn": N_("This date is in the future."),
    "shortened": N_("A spreadsheet has shortened this number. Enter the whole one."),
    "code": N_("A passport number has only letters and digits."),
    "number": N_("Your spreadsheet holds this as a number. Check that no zeros are missing at its beginning."),
    "formula": N_("This cell holds a formula without a result. Enter its value."),
    "fault": N_("This cell shows a fault of the spreadsheet. Enter its value."),
    "broken": N_("A character after “%(before)s” arrived broken. Type it again."),
    "long": N_("Use at most %(limit)s characters, not %(count)s."),
    "not needed": N_("Without an invitation letter, passport details are not kept: these will not be saved."),
    "for letter": N_("Still needed for the letter: %(columns)s."),
    "expired": N_("This passport is not valid any more."),
    "twice": N_("This is the same as in line %(first)s."),
}
ROSTER_REFUSAL: dict[str, str] = {
    "empty": N_("There is nothing in it."),
    "kind": N_("It is no table. Send a CSV or XLSX file, or paste the table."),
    "old": N_("It is a file of an old kind or locked with a password. Save it as XLSX without one and send it again."),
    "locked": N_("It is locked with a password. Save it without one and send it again."),
    "damaged": N_("It seems to be damaged. Open it, save it again as XLSX, and send the new file."),
    "large": N_("It is larger than %(most)s MB. Copy the list into a new file and send that."),
    "swollen": N_("It holds far more than a list of delegates. Copy the list into a new file and send that."),
    "rows": N_(
        "A list can have %(most)s delegates, and this has more lines. Copy the list into a new file and send that."
    ),
    "columns": N_("It has more than %(most)s columns. Copy the list into a new file and send that."),
    "line": N_("Line %(line)s is too long for a list. Check that this is the right file."),
    "quotation": N_("In line %(line)s a quotation mark is opened and never closed."),
    "hidden": N_("All its sheets are hidden. Show the one with the list and send it again."),
    "headers": N_("No line names the columns. Put names such as family_name and given_name, or 姓名, above the list."),
    "no rows": N_("There is no one below the names of the columns."),
    "encoding": N_("Its letters cannot be read. Save it as “CSV UTF-8” or XLSX and send it again."),
}
ROSTER_ENCODING: dict[str, str] = {
    "utf-8": N_("Unicode (UTF-8)"),
    "utf-16": N_("Unicode (UTF-16)"),
    "gb18030": N_("Chinese (GB18030)"),
    "big5hkscs": N_("Traditional Chinese (Big5)"),
    "cp1252": N_("Western European (Windows-1252)"),
}
ROSTER_DELIMITER: dict[str, str] = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs")}
ROSTER_CHANGE: dict[RosterChangeKind, str] = {
    RosterChangeKind.ADD: N_("New on the list"),
    RosterChangeKind.CHANGE: N_("Changed"),
    RosterChangeKind.REMOVE: N_("Left out"),
    RosterChangeKind.ORDER: N_("Another order"),
}
