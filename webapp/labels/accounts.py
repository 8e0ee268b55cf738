"""What an account may do."""

from webapp.i18n import N_
from webapp.vocabulary import FactorKind, Role, SecondStepNews, SignOnRefusal

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

# Why the provider of single sign-on let someone in, and we did not: what happened, and what to do.
SIGN_ON_REFUSAL: dict[SignOnRefusal, str] = {
    SignOnRefusal.UNVERIFIED: N_(
        "The provider does not confirm your email address, so no account can be found by it. "
        "Sign in with your password, and link your account on your account page."
    ),
    SignOnRefusal.UNKNOWN: N_("There is no account for you here. Ask the office for one."),
    SignOnRefusal.CLOSED: N_("Your account here is closed. Ask the office if that is a mistake."),
    SignOnRefusal.OTHER: N_(
        "The account with your email address is linked with another identity at the provider. "
        "Sign in with your password, end that link on your account page, and link it again."
    ),
    SignOnRefusal.NO_ROLE: N_(
        "None of your groups gives you a role here any more. Ask the office if that is a mistake."
    ),
}
