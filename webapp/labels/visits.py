"""How certain a visit is, what became of days offered, and the order of someone's names."""

from webapp.i18n import N_
from webapp.vocabulary import FeedScope, NameOrder, OptionState, SlotAnswer, VisitState

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
