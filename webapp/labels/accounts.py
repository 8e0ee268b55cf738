"""What an account may do."""

from webapp.i18n import N_
from webapp.vocabulary import Role

ROLE: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.LIAISON: N_("Liaison"),
    Role.HOST: N_("Host"),
    Role.OBSERVER: N_("Observer"),
}
