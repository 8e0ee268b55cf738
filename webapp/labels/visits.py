"""How certain a visit is, its level and host, what clashes with its days, and the order of someone's names."""

from webapp.i18n import N_
from webapp.vocabulary import (
    ClashKind,
    DaySaid,
    FeedScope,
    GiftDecision,
    GiftDirection,
    HostRank,
    Level,
    LevelCause,
    NameOrder,
    OptionState,
    SlotAnswer,
    VisitState,
)

VISIT_STATE: dict[VisitState, str] = {
    VisitState.ARRANGING: N_("No date yet"),
    VisitState.TENTATIVE: N_("Tentative"),
    VisitState.CONFIRMED: N_("Confirmed"),
    VisitState.CANCELLED: N_("Cancelled"),
}

OPTION_STATE: dict[OptionState, str] = {
    OptionState.OFFERED: N_("Offered"),
    OptionState.TAKEN: N_("Chosen by the partner"),
    OptionState.PASSED_OVER: N_("Not chosen"),
}

SLOT_ANSWER: dict[SlotAnswer, str] = {
    SlotAnswer.NONE: N_("No answer yet"),
    SlotAnswer.YES: N_("Yes"),
    SlotAnswer.NO: N_("No"),
    SlotAnswer.COLLEAGUE: N_("A colleague instead"),
}

NAME_ORDER: dict[NameOrder, str] = {
    NameOrder.FAMILY_FIRST: N_("Family name first"),
    NameOrder.GIVEN_FIRST: N_("Given name first"),
}

FEED_SCOPE: dict[FeedScope, str] = {
    FeedScope.OWN: N_("My visits: those that I host or handle"),
    FeedScope.NETWORK: N_("The visits of a network"),
    FeedScope.OFFICE: N_("All visits of the office"),
}

HOST_RANK: dict[HostRank, str] = {
    HostRank.PRESIDENT: N_("President or deputy president"),
    HostRank.VICE_PRESIDENT: N_("Vice-president"),
    HostRank.DEAN: N_("Dean or head of school"),
    HostRank.DIRECTOR: N_("Director or head of office"),
}

# Whom a visit of a level concerns, and who must approve it, where the office's settings say nothing else.
TELL: dict[Level, str] = {
    Level.A: N_("The President’s office, security, the press office"),
    Level.B: N_("The Provost’s office"),
    Level.C: N_("The faculty"),
}
APPROVE: dict[Level, str] = {
    Level.A: N_("The President’s office"),
    Level.B: N_("The Provost’s office"),
    Level.C: N_("No one"),
}

LEVEL_CAUSE: dict[LevelCause, str] = {
    # translators: the rank of a delegation's leader
    LevelCause.RANK: N_("The leader’s rank: %(what)s."),
    # translators: a grade in the civil service of the Mainland, such as 厅级
    LevelCause.GRADE: N_("The leader’s grade, as no post is named: %(what)s."),
    LevelCause.SIGNING: N_("A signing ceremony is asked for."),
    # translators: whom of the university the delegation hopes to meet, in its own words
    LevelCause.SENIOR: N_("University leaders are asked for: %(what)s."),
    LevelCause.LEADERS: N_("A meeting with university leaders is asked for."),
    LevelCause.UNKNOWN: N_("The leader’s rank is not named yet."),
    # translators: the reason that the office gave, in its own words
    LevelCause.OFFICE: N_("The office chose it: %(what)s"),
}

# What each says of the thing that it is with.
CLASH: dict[ClashKind, str] = {
    ClashKind.PAST: N_("The day has passed."),
    ClashKind.CLOSED: N_("The office is closed: %(what)s."),
    ClashKind.BLOCKED: N_("No visits: %(what)s."),
    ClashKind.ROOM_TAKEN: N_("The room is taken by %(what)s, which is confirmed."),
    ClashKind.ROOM_HIDDEN: N_("The room is no longer used: %(what)s."),
    # translators: two numbers: seats / guests
    ClashKind.ROOM_SMALL: N_("The room has too few seats for the guests: %(what)s."),
    ClashKind.HOST_TAKEN: N_("The host receives %(what)s at that time, which is confirmed."),
    ClashKind.HOST_AWAY: N_("The host is on leave: %(what)s."),
    # translators: the title of a trip
    ClashKind.HOST_TRAVELS: N_("The host is travelling: %(what)s."),
    ClashKind.HOST_GONE: N_("The host is no longer active: %(what)s."),
    ClashKind.ROOM_WANTED: N_("The room is also planned for %(what)s, which is tentative."),
    ClashKind.ROOM_THAT_DAY: N_("The room is used that day by %(what)s, which is confirmed; choose a time."),
    ClashKind.HOST_WANTED: N_("The host is also planned for %(what)s, which is tentative."),
    ClashKind.HOST_THAT_DAY: N_("The host receives %(what)s that day, which is confirmed; choose a time."),
    # translators: the other visit, and minutes
    ClashKind.WALK: N_("The host has too little time to walk from or to %(what)s: %(minutes)s minutes are needed."),
    # translators: two numbers: confirmed visits / how many the office can receive
    ClashKind.HALF_DAY_FULL: N_("The office receives no more visits in this half day: %(what)s."),
    ClashKind.DAY_FULL: N_("The office receives no more visits on this day: %(what)s."),
    ClashKind.CONFIRMED_VISIT: N_("Another visit is confirmed: %(what)s."),
    ClashKind.TENTATIVE_VISIT: N_("Another visit is tentative: %(what)s."),
    # translators: names of people, and the title of a trip
    ClashKind.LEADERS_AWAY: N_("Away on a trip: %(what)s."),
    # translators: two numbers of working days: what is left / what is needed
    ClashKind.SHORT_NOTICE: N_("The notice is short; working days: %(what)s."),
    ClashKind.HOLIDAY: N_("General holiday here: %(what)s."),
    ClashKind.WEEKEND: N_("Weekend here."),
    ClashKind.HALF_DAY: N_("The office works half a day: %(what)s."),
    ClashKind.THEIR_HOLIDAY: N_("Holiday where they come from: %(what)s."),
}

DAY_SAID: dict[DaySaid, str] = {
    DaySaid.BUSY: N_("Busy"),
    DaySaid.SHORT_NOTICE: N_("Short notice"),
}

GIFT_DIRECTION: dict[GiftDirection, str] = {
    GiftDirection.GIVEN: N_("Given to them"),
    GiftDirection.RECEIVED: N_("Received from them"),
}

GIFT_DECISION: dict[GiftDecision, str] = {
    GiftDecision.KEEP: N_("Keep it"),
    GiftDecision.DISPLAY: N_("Display it"),
    GiftDecision.SHARE: N_("Share it"),
    GiftDecision.DONATE: N_("Donate it"),
    GiftDecision.RETURN: N_("Return it"),
}
