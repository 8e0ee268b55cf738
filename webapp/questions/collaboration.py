"""What a proposal to work together asks."""

from webapp.i18n import N_
from webapp.questions.choices import COLLABORATION_TYPE, STUDY_LEVEL
from webapp.questions.common import COMMON, CONSENT, YOU, message, subject
from webapp.questions.question import Question, Questionnaire, Searched, Section, Shape

_PROPOSAL = Section("proposal", N_("Your proposal"))
_DETAILS = Section("details", N_("Details"), optional=True)

DISCIPLINES = Question(
    "disciplines",
    Shape.LINE,
    _DETAILS,
    N_("Disciplines"),
    hint=N_("Such as nursing, civil engineering, design"),
    searched=Searched.WORDS,
    main=True,
    sample="Rehabilitation engineering",
)

COLLABORATION = Questionnaire(
    N_("Propose a collaboration"),
    (YOU, _PROPOSAL, _DETAILS, CONSENT),
    (
        *COMMON,
        subject(_PROPOSAL, N_("Subject of the collaboration"), N_("Say in one line what you propose.")),
        Question(
            "types",
            Shape.CHOICES,
            _PROPOSAL,
            N_("What kind of collaboration?"),
            N_("Kinds of collaboration"),
            required=N_("Choose at least one kind of collaboration."),
            hint=N_("Choose all that apply."),
            choices=COLLABORATION_TYPE,
            main=True,
            sample=["student_exchange", "joint_research"],
        ),
        message(_PROPOSAL, N_("What do you have in mind?"), N_("Describe what you have in mind.")),
        DISCIPLINES,
        Question(
            "levels",
            Shape.CHOICES,
            _DETAILS,
            N_("For whom?"),
            N_("For whom"),
            choices=STUDY_LEVEL,
            sample=["undergraduate", "staff"],
        ),
        Question(
            "numbers",
            Shape.LINE,
            _DETAILS,
            N_("How many people?"),
            N_("Numbers"),
            hint=N_("Such as five students a year each way"),
            sample="Two students and one member of staff each year",
        ),
        Question(
            "rationale",
            Shape.TEXT,
            _DETAILS,
            N_("Why our university?"),
            N_("Why together"),
            late=True,
            searched=Searched.WORDS,
            sample="Our laboratories complement each other.",
        ),
        Question(
            "outcome",
            Shape.TEXT,
            _DETAILS,
            N_("What outcome do you hope for?"),
            N_("Expected outcome"),
            late=True,
            searched=Searched.WORDS,
            sample="An agreement by the summer of 2027",
        ),
        Question(
            "timeline",
            Shape.LINE,
            _DETAILS,
            N_("When should it begin, and for how long?"),
            N_("Timeline"),
            main=True,
            sample="Three years from September 2027",
        ),
        Question(
            "funding",
            Shape.LINE,
            _DETAILS,
            N_("Funding"),
            hint=N_("Secured, applied for, or to be found"),
            sample="Erasmus+, applied for",
        ),
        Question(
            "university_contact",
            Shape.LINE,
            _DETAILS,
            N_("Your contact at our university"),
            N_("Contact inside the university"),
            hint=N_("A colleague of ours you have spoken to"),
            searched=Searched.NAMES,
            sample="Prof. Chan Tai Man",
        ),
    ),
)
