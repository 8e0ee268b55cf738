"""What a form offers to choose from."""

from webapp.i18n import N_
from webapp.vocabulary import (
    Activity,
    CollaborationType,
    LeaderRank,
    OrganisationType,
    Payer,
    Purpose,
    StudyLevel,
    VisitMode,
)

LEADER_RANK: dict[LeaderRank, str] = {
    LeaderRank.HEAD_OF_STATE: N_("Head of state or government"),
    LeaderRank.MINISTER: N_("Minister or ambassador"),
    LeaderRank.PRESIDENT: N_("President, rector or vice-chancellor"),
    LeaderRank.VICE_PRESIDENT: N_("Vice-president or vice-rector"),
    LeaderRank.DEAN: N_("Dean or head of school"),
    LeaderRank.DIRECTOR: N_("Director or head of office"),
    LeaderRank.PROFESSOR: N_("Professor"),
    LeaderRank.OTHER: N_("Other"),
}

VISIT_MODE: dict[VisitMode, str] = {
    VisitMode.IN_PERSON: N_("In person"),
    VisitMode.ONLINE: N_("Online"),
}

PURPOSE: dict[Purpose, str] = {
    Purpose.AGREEMENT: N_("Sign or renew an agreement"),
    Purpose.STUDENT_EXCHANGE: N_("Student exchange"),
    Purpose.STAFF_EXCHANGE: N_("Staff exchange"),
    Purpose.JOINT_RESEARCH: N_("Joint research"),
    Purpose.JOINT_DEGREE: N_("Joint degree"),
    Purpose.SERVICE_LEARNING: N_("Service learning"),
    Purpose.BENCHMARKING: N_("Benchmarking visit to a department or service"),
    Purpose.NETWORK_ACTIVITY: N_("Network event"),
    Purpose.COURTESY: N_("Courtesy call"),
    Purpose.OTHER: N_("Other"),
}

COLLABORATION_TYPE: dict[CollaborationType, str] = {
    CollaborationType.AGREEMENT: N_("Agreement"),
    CollaborationType.STUDENT_EXCHANGE: N_("Student exchange"),
    CollaborationType.STAFF_EXCHANGE: N_("Staff exchange"),
    CollaborationType.JOINT_RESEARCH: N_("Joint research"),
    CollaborationType.JOINT_DEGREE: N_("Joint degree"),
    CollaborationType.SHORT_PROGRAMME: N_("Short programme"),
    CollaborationType.ONLINE_COLLABORATION: N_("Online collaboration"),
    CollaborationType.NETWORK_ACTIVITY: N_("Network event"),
    CollaborationType.OTHER: N_("Other"),
}

STUDY_LEVEL: dict[StudyLevel, str] = {
    StudyLevel.UNDERGRADUATE: N_("Undergraduate students"),
    StudyLevel.TAUGHT_POSTGRADUATE: N_("Taught postgraduate students"),
    StudyLevel.RESEARCH_POSTGRADUATE: N_("Research postgraduate students"),
    StudyLevel.STAFF: N_("Staff"),
}

ACTIVITY: dict[Activity, str] = {
    Activity.MEETING: N_("Meeting"),
    Activity.TOUR: N_("Campus tour"),
    Activity.LABORATORY: N_("Laboratory visit"),
    Activity.LECTURE: N_("Lecture or seminar"),
    Activity.SIGNING: N_("Signing ceremony"),
    Activity.MEAL: N_("Meal"),
    Activity.STUDENTS: N_("Meet students"),
    Activity.LEADERS: N_("Meet university leaders"),
}

PAYER: dict[Payer, str] = {
    Payer.DELEGATION: N_("The delegation"),
    Payer.SHARED: N_("Shared"),
    Payer.UNIVERSITY: N_("The host university"),
    Payer.UNDECIDED: N_("Not decided yet"),
}

ORGANISATION_TYPE: dict[OrganisationType, str] = {
    OrganisationType.UNIVERSITY: N_("University or college"),
    OrganisationType.RESEARCH_INSTITUTE: N_("Research institute"),
    OrganisationType.GOVERNMENT: N_("Government or public body"),
    OrganisationType.NETWORK: N_("Network or association"),
    OrganisationType.COMPANY: N_("Company"),
    OrganisationType.FOUNDATION: N_("Foundation or charity"),
    OrganisationType.OTHER: N_("Other"),
}
