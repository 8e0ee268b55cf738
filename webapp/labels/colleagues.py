"""Why someone cannot be named by their address, and who can allow it."""

from webapp.i18n import N_

# By what the domain says; the numbers are those of the settings.
NOT_NAMED: dict[str, str] = {
    "outside": N_(
        "This address is not one of the university. "
        "An administrator can enter it, or add it under Settings, Colleagues."
    ),
    "own": N_("This person asks or answers, and cannot approve their own enquiry. Ask someone else."),
    "twice": N_("This person is named twice."),
    "many": N_(
        "At most %(per_enquiry)s people may be asked about one enquiry. "
        "An administrator can raise the number under Settings, Colleagues."
    ),
    "today": N_(
        "You may ask at most %(per_day)s people on one day. "
        "Ask again tomorrow; an administrator can raise the number under Settings, Colleagues."
    ),
}
