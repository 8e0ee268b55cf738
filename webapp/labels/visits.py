"""How certain a visit is, what became of days offered, and the order of someone's names."""

from webapp.i18n import N_
from webapp.vocabulary import FeedScope, GiftDecision, GiftDirection, NameOrder, OptionState, VisitState

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

NAME_ORDER: dict[NameOrder, str] = {
    NameOrder.FAMILY_FIRST: N_("Family name first"),
    NameOrder.GIVEN_FIRST: N_("Given name first"),
}

FEED_SCOPE: dict[FeedScope, str] = {
    FeedScope.OWN: N_("My visits: those that I host or handle"),
    FeedScope.NETWORK: N_("The visits of a network"),
    FeedScope.OFFICE: N_("All visits of the office"),
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
