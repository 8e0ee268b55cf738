"""What someone answers who is asked to receive visitors: by the link in an email, or at the desk."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp import labels
from webapp.domain.visits.hosting import Invitee, Reply
from webapp.vocabulary import SlotAnswer
from webapp.web import fields

_ANSWERS = (SlotAnswer.YES, SlotAnswer.NO, SlotAnswer.COLLEAGUE)


def _answers() -> list[tuple[str, str]]:
    return [(answer.value, _(labels.SLOT_ANSWER[answer])) for answer in _ANSWERS]


class HostingForm(FlaskForm):
    """Yes, no, or a colleague instead, with a few words if wanted."""

    answer = fields.ChoiceField(_l("Can you receive them?"), _answers, required=_l("Choose your answer."))
    colleague = fields.line(_l("Your colleague’s email"), description=_l("An address of the university."))
    colleague_name = fields.line(_l("Your colleague’s name"), description=_l("If a colleague comes instead."))
    note = fields.text(_l("Note"), description=_l("For the colleagues who arrange the visit."), render_kw={"rows": 3})

    def reply(self) -> Reply:
        """Return what was answered; the colleague counts only where one is to come instead."""
        chosen = SlotAnswer(self.answer.data)
        named = Invitee(name=self.colleague_name.data or "", email=self.colleague.data or "")
        return Reply(chosen, self.note.data or "", named if chosen is SlotAnswer.COLLEAGUE else Invitee())

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why the answer was not taken."""
        said = {
            "needed": _("Enter your colleague’s address."),
            "unreadable": _("Enter an email address, like name@example.org."),
            "self": _("Enter someone other than yourself."),
            "refused": _(
                "This person could not be asked. Enter an address of the university, of someone who is not asked yet; "
                "else please ask the office."
            ),
        }
        for name, why in faults.items():
            if (name, why) == ("colleague", "name"):
                self.colleague_name.errors = [_("Enter your colleague’s name.")]
            elif name == "colleague":
                self.colleague.errors = [said.get(why, said["refused"])]
            else:
                self.answer.errors = [_("Choose your answer.")]
