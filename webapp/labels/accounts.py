"""What an account may do."""

from webapp.i18n import N_
from webapp.vocabulary import FactorKind, Role, SecondStepNews

ROLE: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.LIAISON: N_("Liaison"),
    Role.HOST: N_("Host"),
    Role.OBSERVER: N_("Observer"),
}

FACTOR_KIND: dict[FactorKind, str] = {
    FactorKind.AUTHENTICATOR: N_("Authenticator app"),
    FactorKind.PASSKEY: N_("Passkey"),
}
SECOND_STEP_NEWS: dict[SecondStepNews, str] = {
    SecondStepNews.ADDED: N_("A second step was added to your account"),
    SecondStepNews.REMOVED: N_("A second step was removed from your account"),
    SecondStepNews.RECOVERED: N_("A recovery code was used"),
    SecondStepNews.NEW_CODES: N_("You have new recovery codes"),
    SecondStepNews.RESET: N_("The second step of your account was reset"),
    SecondStepNews.GUESSED: N_("Someone may know your password"),
}
