"""What every enquiry asks. All of it has columns of its own."""

from webapp.i18n import N_
from webapp.questions.choices import ORGANISATION_TYPE
from webapp.questions.question import Question, Searched, Section, Shape
from webapp.vocabulary import OrganisationType

YOU = Section("you", N_("You and your organisation"))
# The form has the field of this one itself: a consent is no answer, it is kept as the version of its words.
CONSENT = Section("consent-to-use", N_("Consent"), joins=True)

NETWORK = Question(
    "network",
    Shape.NETWORK,
    YOU,
    N_("Network"),
    hint=N_("Choose “Not sure” and the office will find the right one."),
    wide=True,
    column=True,
)
EMAIL = Question(
    "contact_email",
    Shape.EMAIL,
    YOU,
    N_("Email"),
    required=N_("Enter your email address."),
    hint=N_("We send your tracking link here"),
    limit=254,
    autocomplete="email",
    column=True,
    searched=Searched.CONTACT_EMAIL,
    sample="erika@example.org",
)

# What is the partner's own, and stays with both halves of an enquiry that is split.
SENDER = (
    Question(
        "contact_name",
        Shape.LINE,
        YOU,
        N_("Your name"),
        required=N_("Enter your name."),
        hint=N_("In the order and script you prefer"),
        autocomplete="name",
        column=True,
        searched=Searched.CONTACT_NAME,
        sample="Erika Mustermann",
    ),
    Question(
        "contact_position",
        Shape.LINE,
        YOU,
        N_("Your position"),
        N_("Position"),
        autocomplete="organization-title",
        column=True,
        sample="Head of International Relations",
    ),
    EMAIL,
    Question(
        "phone",
        Shape.PHONE,
        YOU,
        N_("Phone"),
        hint=N_("With country code"),
        autocomplete="tel",
        column=True,
        searched=Searched.PHONE,
        sample="+49 30 23125 000",
    ),
    Question(
        "organisation",
        Shape.LINE,
        YOU,
        N_("Organisation"),
        required=N_("Enter the name of your organisation."),
        autocomplete="organization",
        column=True,
        searched=Searched.ORGANISATION,
        main=True,
        sample="Example Institute of Technology",
    ),
    Question(
        "organisation_type",
        Shape.CHOICE,
        YOU,
        N_("Type of organisation"),
        choices=ORGANISATION_TYPE,
        default=OrganisationType.UNIVERSITY,
        column=True,
        sample="university",
    ),
    Question(
        "country",
        Shape.COUNTRY,
        YOU,
        N_("Country or region"),
        required=N_("Choose your country or region."),
        autocomplete="country",
        column=True,
        sample="DE",
    ),
    Question(
        "language",
        Shape.LANGUAGE,
        YOU,
        N_("Reply to me in"),
        N_("Replies in"),
        column=True,
        main=True,
        sample="en",
    ),
    Question(
        "on_behalf_of",
        Shape.LINE,
        YOU,
        N_("On behalf of another organisation"),
        N_("On behalf of"),
        hint=N_("Its name, if it is not your own"),
        folded=True,
        column=True,
        searched=Searched.ON_BEHALF_OF,
        sample="Academy of Shadow Plays",
    ),
    Question(
        "existing_link",
        Shape.LINE,
        YOU,
        N_("Existing ties with us"),
        N_("Existing ties"),
        hint=N_("An agreement, a project or a person you work with"),
        folded=True,
        column=True,
        searched=Searched.WORDS,
        sample="Exchange agreement, 2022 to 2027",
    ),
)

COMMON = (NETWORK, *SENDER)


def subject(section: Section, label: str, required: str) -> Question:
    """Return the question for an enquiry's subject, in the words of its kind."""
    return Question(
        "subject",
        Shape.LINE,
        section,
        label,
        N_("Subject"),
        required=required,
        wide=True,
        column=True,
        searched=Searched.SUBJECT,
        sample="Joint service-learning programme and student exchange",
    )


def message(section: Section, label: str, required: str, *, hint: str = "") -> Question:
    """Return the question for an enquiry's message, in the words of its kind."""
    return Question(
        "message",
        Shape.TEXT,
        section,
        label,
        N_("Message"),
        required=required,
        hint=hint,
        or_file=True,
        column=True,
        searched=Searched.MESSAGE,
        sample="We ran a first joint project in 2025 and would like to agree on a three-year plan.",
    )
