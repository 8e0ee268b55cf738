"""What a form offers to choose from."""

from enum import StrEnum


class VisitMode(StrEnum):
    """How a delegation meets the university."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class Purpose(StrEnum):
    """What a visit is to achieve."""

    AGREEMENT = "agreement"
    STUDENT_EXCHANGE = "student_exchange"
    STAFF_EXCHANGE = "staff_exchange"
    JOINT_RESEARCH = "joint_research"
    JOINT_DEGREE = "joint_degree"
    SERVICE_LEARNING = "service_learning"
    BENCHMARKING = "benchmarking"
    NETWORK_ACTIVITY = "network_activity"
    COURTESY = "courtesy"
    OTHER = "other"


class CollaborationType(StrEnum):
    """What a collaboration is about."""

    AGREEMENT = "agreement"
    STUDENT_EXCHANGE = "student_exchange"
    STAFF_EXCHANGE = "staff_exchange"
    JOINT_RESEARCH = "joint_research"
    JOINT_DEGREE = "joint_degree"
    SHORT_PROGRAMME = "short_programme"
    ONLINE_COLLABORATION = "online_collaboration"
    NETWORK_ACTIVITY = "network_activity"
    OTHER = "other"


class StudyLevel(StrEnum):
    """Whom a collaboration is for."""

    UNDERGRADUATE = "undergraduate"
    TAUGHT_POSTGRADUATE = "taught_postgraduate"
    RESEARCH_POSTGRADUATE = "research_postgraduate"
    STAFF = "staff"


class Activity(StrEnum):
    """What a delegation would like to do on the day."""

    MEETING = "meeting"
    TOUR = "tour"
    LABORATORY = "laboratory"
    LECTURE = "lecture"
    SIGNING = "signing"
    MEAL = "meal"
    STUDENTS = "students"
    LEADERS = "leaders"


class LeaderRank(StrEnum):
    """The rank of a delegation's leader."""

    HEAD_OF_STATE = "head_of_state"
    MINISTER = "minister"
    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    DEAN = "dean"
    DIRECTOR = "director"
    PROFESSOR = "professor"
    OTHER = "other"


class Payer(StrEnum):
    """Who pays for a visit."""

    DELEGATION = "delegation"
    SHARED = "shared"
    UNIVERSITY = "university"
    UNDECIDED = "undecided"
