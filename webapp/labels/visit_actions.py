"""What people read about the actions on a visit."""

from webapp.i18n import N_
from webapp.labels.action_words import HERE_ALONE, ActionWords
from webapp.vocabulary import Action

OF_VISITS: dict[Action, ActionWords] = {
    Action.ARRANGE: ActionWords(
        button=N_("Save as tentative"),
        history=N_("%(who)s noted what is planned of the visit."),
        variants={"planned": N_("%(who)s planned the visit: %(when)s. %(where)s. Host: %(host)s")},
        before=HERE_ALONE,
        done=N_("Saved. No one is notified, and nothing is held yet."),
    ),
    Action.MOVE: ActionWords(
        button=N_("Change the visit"),
        history=N_("%(who)s changed the visit."),
        variants={"planned": N_("%(who)s changed the visit: %(when)s. %(where)s. Host: %(host)s")},
        before=N_("Partner and host get an email with what holds now."),
        done=N_("The visit is changed. Partner and host get an email."),
    ),
    Action.POSTPONE: ActionWords(
        button=N_("Postpone the visit"),
        history=N_("%(who)s postponed the visit."),
        variants={"planned": N_("%(who)s postponed the visit. It was planned: %(when)s. %(where)s. Host: %(host)s")},
        before=N_("The day no longer holds, and room and host are free again. Partner and host get an email."),
        done=N_("The visit is postponed. Partner and host get an email."),
        text=N_("Why, for the partner"),
    ),
    Action.TAKE_DATES: ActionWords(
        button=N_("Choose this date"),
        history=N_("%(who)s chose %(days)s; the visit is tentative."),
        before=N_("The office hears of it at once and confirms the visit with a time and a place."),
        text=N_("Anything else that we should know?"),
    ),
    Action.PASS_OVER_DATES: ActionWords(
        button=N_("None of these"),
        history=N_("%(who)s cannot come on any of the dates offered."),
        before=N_("The office hears of it at once and looks for other dates."),
        text=N_("Which dates would suit you?"),
    ),
    Action.CHANGE_GROUP: ActionWords(
        button=N_("Change the size of the group"),
        history=N_("%(who)s changed the size of the group to %(guests)s."),
        before=N_("The office hears of it at once."),
        text=N_("Anything else that we should know?"),
    ),
}
