"""The forms of what comes after a visit: its outcome, a promise, a gift and what is done with it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp import labels
from webapp.domain.visits import aftermath
from webapp.domain.visits.gifts import GiftFacts
from webapp.models import Visit, VisitReport
from webapp.tidying import line as tidy_line
from webapp.vocabulary import GiftDecision, GiftDirection
from webapp.web import edge, fields
from webapp.web.desk.visits.tasks import owners

_NAME = 200
_MANY = 9999


class OutcomeForm(FlaskForm):
    """What came of a visit."""

    outcome = fields.text(
        _l("What came of it"),
        description=_l("Agreed, left open, who met whom. Colleagues read it; the partner does not."),
        required=_l("Write what came of it."),
        render_kw={"rows": 5},
    )
    held_on = fields.DayField(_l("Day of the visit"))
    agreements = fields.NumberField(
        _l("Agreements signed or agreed upon"),
        0,
        aftermath.MOST_AGREEMENTS,
        description=_l("How many came of this visit, also later; the figures of a period count them."),
    )

    @classmethod
    def of(cls, known: VisitReport | None, visit: Visit) -> "OutcomeForm":
        """Return the form with what is known."""
        form = cls(formdata=None)
        form.outcome.data = known.outcome if known else ""
        form.agreements.data = known.agreements if known else 0
        form.held_on.data = known.held_on if known else min(visit.first_day or edge.today(), edge.today())
        return form

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for the day as well."""
        found = super().validate(extra_validators)
        if self.held_on.data is None and not self.held_on.errors:
            self.held_on.errors = [_("Enter the day.")]
            return False
        return bool(found)


class PromiseForm(FlaskForm):
    """What was promised to the partner."""

    text = fields.line(_l("What we promised"), limit=aftermath.LONGEST_PROMISE, required=_l("Enter what was promised."))
    owner = fields.ChoiceField(_l("Who sees to it"), owners)
    due_on = fields.DayField(_l("Due"))


class GiftForm(FlaskForm):
    """A line of the register of gifts."""

    direction = fields.ChoiceField(
        _l("Direction"), lambda: labels.options(labels.GIFT_DIRECTION, _), default=GiftDirection.RECEIVED.value
    )
    day = fields.DayField(_l("Day"))
    item = fields.line(_l("What it is"), required=_l("Enter what it is."))
    number = fields.NumberField(_l("How many"), 1, _MANY)
    value = fields.line(_l("Value of all"), limit=20, description=_l("An estimate, such as 120.50."))
    currency = fields.line(_l("Currency"), limit=3, description=_l("Three letters, such as HKD."))
    giver = fields.line(_l("Given by"), limit=_NAME)
    receiver = fields.line(_l("Receiver"), limit=_NAME)
    handler = fields.line(_l("Handled by"), limit=_NAME)

    @classmethod
    def of(cls, visit: Visit) -> "GiftForm":
        """Return an empty form with the day of the visit."""
        form = cls(formdata=None)
        form.day.data, form.number.data = visit.first_day or edge.today(), 1
        return form

    def validate(self, extra_validators: object = None) -> bool:
        """Read the value as a number, and the currency as its code."""
        found = bool(super().validate(extra_validators))
        code = (self.currency.data or "").upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            self.currency.errors, found = [_("Enter the three letters of the currency, such as HKD.")], False
        if self.value.data and self._value() is None:
            self.value.errors, found = [_("Enter a number such as 120.50.")], False
        return found

    def facts(self) -> GiftFacts:
        """Return what was entered."""
        return GiftFacts(
            direction=GiftDirection(self.direction.data or GiftDirection.RECEIVED),
            day=self.day.data or edge.today(),
            item=self.item.data or "",
            number=self.number.data or 1,
            value=self._value(),
            currency=(self.currency.data or "").upper(),
            giver=self.giver.data or "",
            receiver=self.receiver.data or "",
            handler=self.handler.data or "",
        )

    def _value(self) -> Decimal | None:
        typed = tidy_line(self.value.data or "").replace(",", "").replace(" ", "")
        try:
            found = Decimal(typed) if typed else None
        except InvalidOperation:
            return None
        return (
            found.quantize(Decimal("0.01")) if found is not None and found.is_finite() and abs(found) < 10**12 else None
        )


class DecisionForm(FlaskForm):
    """What is done with a gift, and where it is now."""

    decision = fields.ChoiceField(
        _l("What is done with it"), lambda: [("", _("Not decided")), *labels.options(labels.GIFT_DECISION, _)]
    )
    whereabouts = fields.line(_l("Where it is now"))

    def chosen(self) -> GiftDecision | None:
        """Return what was chosen."""
        return GiftDecision(self.decision.data) if self.decision.data else None


def refuse(form: FlaskForm, faults: Mapping[str, str]) -> None:
    """Say by each field why its value cannot be."""
    said = {
        ("held_on", "future"): _("This day has not come yet."),
        ("owner", "unknown"): _("This person is not active any more. Choose someone else."),
        ("currency", "needed"): _("Enter the currency of the value."),
        ("value", "bounds"): _("Enter a number such as 120.50."),
        ("text", "many"): _("A visit has at most %(num)s promises.", num=aftermath.MOST),
        ("item", "many"): _("This visit has too many gifts already."),
    }
    for name, why in faults.items():
        if name in form and not form[name].errors:
            form[name].errors = [said.get((name, why), _("This cannot be."))]
