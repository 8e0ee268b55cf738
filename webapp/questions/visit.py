"""What the plan of a delegation's visit asks. Rows that rules read have names of their own."""

from webapp.i18n import N_
from webapp.questions.choices import ACTIVITY, LEADER_RANK, PAYER, PURPOSE, VISIT_MODE
from webapp.questions.common import COMMON, CONSENT, YOU, message, subject
from webapp.questions.question import Question, Questionnaire, Searched, Section, Shape

LONGEST_WINDOW = 31
_LARGEST_GROUP = 500

_PURPOSE = Section("purpose", N_("Purpose"))
_DATES = Section(
    "dates",
    N_("Dates"),
    hint=N_("We warn you about short notice, holidays and weekends; you can still request those dates."),
    joins=True,
)
_PARTY = Section("party", N_("Your delegation"))
_WISHES = Section("wishes", N_("On the day"), optional=True)

MODE = Question(
    "mode",
    Shape.CHOICE,
    _PARTY,
    N_("In person or online?"),
    N_("How to meet"),
    choices=VISIT_MODE,
    default="in_person",
    radios=True,
    sample="in_person",
)
WINDOWS = Question(
    "windows",
    Shape.WINDOWS,
    _DATES,
    N_("Possible dates"),
    main=True,
    sample=[
        {"start": "2027-03-09", "end": "2027-03-11", "flex": 2},
        {"start": "2027-03-25", "end": "2027-03-26", "flex": 0},
    ],
)
PURPOSES = Question(
    "purposes",
    Shape.RANKED,
    _PURPOSE,
    N_("What should the visit achieve?"),
    N_("Purposes, by priority"),
    hint=N_("Choose all that apply; you put them in order on the next page."),
    choices=PURPOSE,
    sample=["service_learning", "student_exchange"],
)
OUTCOME = Question(
    "outcome",
    Shape.TEXT,
    _PURPOSE,
    N_("What outcome do you hope for?"),
    N_("Expected outcome"),
    former=True,
    searched=Searched.WORDS,
    sample="A three-year plan that both presidents can sign",
)
UNITS = Question(
    "units",
    Shape.TEXT,
    _WISHES,
    N_("Units and people to meet, most important first"),
    N_("Units and people to meet"),
    former=True,
    limit=2000,
    searched=Searched.WORDS,
    sample="1. The office that runs service learning\n2. Colleagues in rehabilitation engineering",
)
RANK = Question(
    "leader_rank",
    Shape.CHOICE,
    _PARTY,
    N_("Rank of the leader"),
    N_("Leader’s rank"),
    required=N_("Choose the leader’s rank."),
    hint=N_("So that we find the right host"),
    choices=LEADER_RANK,
    empty=N_("Choose"),
    sample="vice_president",
)

DAYS = Question(
    "days",
    Shape.DAYS,
    _DATES,
    N_("Length of visit in days"),
    N_("Length of the visit"),
    hint=N_("If shorter than the dates above"),
    folded=True,
    bounds=(1, LONGEST_WINDOW),
    sample=2,
)
SENIOR = Question(
    "senior",
    Shape.LINE,
    _WISHES,
    N_("University leaders you hope to meet"),
    N_("University leaders they hope to meet"),
    former=True,
    searched=Searched.NAMES,
    sample="A vice-president, for twenty minutes",
)
ACTIVITIES = Question(
    "activities",
    Shape.CHOICES,
    _WISHES,
    N_("What would you like to do?"),
    N_("Activities on the day"),
    choices=ACTIVITY,
    sample=["meeting", "laboratory", "students"],
)
LEADER_TITLE = Question(
    "leader_title",
    Shape.LINE,
    _PARTY,
    N_("Title or office held"),
    N_("Leader’s title"),
    searched=Searched.NAMES,
    sample="Vice-President for International Affairs",
)
GROUP_SIZE = Question(
    "group_size",
    Shape.PEOPLE,
    _PARTY,
    N_("Number of delegates"),
    N_("Size of the group"),
    required=N_("Enter the number of delegates."),
    hint=N_("An estimate is fine"),
    bounds=(1, _LARGEST_GROUP),
    main=True,
    sample=6,
)

LEADER_NAME = Question(
    "leader_name",
    Shape.LINE,
    _PARTY,
    N_("Leader of the delegation"),
    hint=N_("If it is known already"),
    searched=Searched.NAMES,
    main=True,
    sample="Prof. Jan Kowalski",
)
WORKING_LANGUAGE = Question(
    "working_language",
    Shape.LINE,
    _PARTY,
    N_("Language of the meetings"),
    hint=N_("The language you would speak"),
    folded=True,
    sample="English",
)
WHO_PAYS = Question(
    "payer",
    Shape.CHOICE,
    _WISHES,
    N_("Who covers travel and accommodation?"),
    N_("Who covers the costs"),
    choices=PAYER,
    empty=N_("Not specified"),
    sample="delegation",
)

VISIT = Questionnaire(
    N_("Plan a delegation visit"),
    (YOU, _PURPOSE, _PARTY, _DATES, _WISHES, CONSENT),
    (
        *COMMON,
        subject(_PURPOSE, N_("Subject of the visit"), N_("Say in one line what the visit is about.")),
        MODE,
        WINDOWS,
        DAYS,
        PURPOSES,
        message(
            _PURPOSE,
            N_("Whom would you like to meet, and about what?"),
            N_("Say whom you would like to meet, and about what."),
            hint=N_("Units, people, university leaders, most important first. Plain words are fine."),
        ),
        OUTCOME,
        UNITS,
        SENIOR,
        ACTIVITIES,
        LEADER_NAME,
        LEADER_TITLE,
        RANK,
        GROUP_SIZE,
        WORKING_LANGUAGE,
        Question(
            "interpreter",
            Shape.NEED,
            _PARTY,
            N_("Do you need an interpreter?"),
            N_("Interpreter"),
            folded=True,
            sample=False,
        ),
        Question(
            "letters",
            Shape.NEED,
            _WISHES,
            N_("Do you need invitation letters for visas?"),
            N_("Invitation letters"),
            notes={"yes": N_("We ask for passport details later, only for the people who need one")},
            sample=True,
        ),
        WHO_PAYS,
    ),
)
