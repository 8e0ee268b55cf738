"""How certain a visit is, what became of days offered, and the order of someone's names."""

from webapp.i18n import N_
from webapp.vocabulary import NameOrder, OptionState, VisitState

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
