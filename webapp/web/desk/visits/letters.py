"""Invitation letters of a visit, for the few who may see passports: issued for several delegates at once, handed out,
withdrawn."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels, questions
from webapp.db import db, transaction
from webapp.documents.letters import FACT_LABEL, STATED, offered
from webapp.domain.enquiries import loading, visiting
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.notifications import visit_mails
from webapp.domain.papers import letters, orders, versions
from webapp.domain.visits import letters_of
from webapp.domain.visits.letters_of import Missing, Wording
from webapp.models import Delegate, Enquiry, PaperOrder, Visit
from webapp.vocabulary import AuditKind, Language, LetterPurpose, OrderState, Payer, Permission
from webapp.web import audited, edge, fields
from webapp.web.desk.frame import made as progress
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.loaded import load
from webapp.web.desk.visits.papers import not_made, problems

_OURS = {
    "name": _l("Name of the institution"),
    "address": _l("Address of the institution"),
    "phone": _l("Phone of the office"),
}
# What only some purposes state.
SOME = ("payer", "places", "relation", "head_count", "received_by", "activities", "coordinator", "facilities")


def _offered() -> tuple[LetterPurpose, ...]:
    return offered(edge.settings().institution_country)


def _label(name: str) -> Any:
    return _l(FACT_LABEL[name])


def _fact(name: str, **given: Any) -> Any:
    return fields.line(_label(name), limit=500, **given)


class LettersForm(FlaskForm):
    """For whom letters are written, for which journey, and what they say beside the passport."""

    people = fields.ChoicesField(_l("For whom?"), list, required=_l("Choose at least one delegate."))
    purpose = fields.ChoiceField(
        _l("Destination and purpose"),
        lambda: [("", _("Choose")), *((each.value, _(labels.LETTER_PURPOSE[each])) for each in _offered())],
        required=_l("Choose for which journey."),
    )
    language = fields.ChoiceField(
        _l("Language of the letter"), edge.language_options, required=_l("Choose a language.")
    )
    reason = _fact("reason", required=_l("Say what they come for."))
    arrival = fields.DayField(_label("arrival"))
    departure = fields.DayField(_label("departure"))
    signatory_name = fields.line(_l("Who signs"), required=_l("Enter who signs."))
    signatory_post = fields.line(_l("Post of who signs"), required=_l("Enter the post of who signs."))
    payer = _fact("payer")
    places = _fact("places")
    relation = _fact("relation")
    head_count = fields.NumberField(_label("head_count"), 1, 500)
    received_by = _fact("received_by")
    activities = _fact("activities")
    coordinator = _fact("coordinator")
    facilities = _fact("facilities")

    def offer(self, people: Sequence[Delegate]) -> None:
        """Offer the delegates of a visit, by name."""
        self.people.choices = [(str(each.id), letters_of.name_of(each)) for each in people]
        for name in SOME:
            needing = (_(labels.LETTER_PURPOSE[each]) for each in _offered() if name in STATED[each])
            self[name].description = " · ".join(needing)

    def wording(self) -> Wording:
        """Return what was entered of all letters."""
        given = {name: self[name].data for name in Wording.__dataclass_fields__}
        purpose, language = LetterPurpose(given.pop("purpose")), Language(given.pop("language"))
        return Wording(purpose=purpose, language=language, **given)

    def refuse(self, missing: Missing) -> None:
        """Say by each field what is missing in all letters, and by delegate what is missing in theirs."""
        for name, faults in missing.faults.items():
            for field, fault in faults.items():
                if field in self:
                    self[field].errors = [_(fault)]
                    continue
                whose = "" if field in _OURS else name
                said = " – ".join(filter(None, (whose, _fault(field, fault))))
                if said not in self.form_errors:
                    self.form_errors.append(said)


class WithdrawForm(FlaskForm):
    """Why a letter must not be used any more."""

    reason = fields.line(_l("Why it is withdrawn"), limit=300, required=_l("Say why it is withdrawn."))


@bp.get("/visits/<reference>/letters")
@edge.permission(Permission.ENQUIRY_DECIDE)
def visit_letters(reference: str) -> Response:
    """Show the letters of a visit, and the form that issues more."""
    enquiry, visit = load(reference)
    letters_of.require(edge.actor())
    people = letters_of.delegates(db.session(), enquiry)
    return _page(enquiry, visit, _begun(enquiry, visit, people), people)


@bp.post("/visits/<reference>/letters")
@edge.permission(Permission.ENQUIRY_DECIDE)
def issue_letters(reference: str) -> AnyResponse:
    """Issue a letter to each delegate who was chosen; all of them or none."""
    enquiry, visit = load(reference)
    letters_of.require(edge.actor())
    people = letters_of.delegates(db.session(), enquiry)
    form = LettersForm()
    form.offer(people)
    if not form.validate():
        return _page(enquiry, visit, form, people)
    by, wording, ids = edge.acting(), form.wording(), [int(each) for each in form.people.data]
    try:
        with transaction() as session:
            held = loading.locked(session, enquiry.reference, actor=by.actor)
            found = visiting.of(session, held)
            if found is None:
                raise NotAllowed("visit")
            made = letters_of.issue(session, held, found, wording, ids, by=by)
    except Missing as missing:
        form.refuse(missing)
        enquiry, visit = load(reference)
        return _page(enquiry, visit, form, letters_of.delegates(db.session(), enquiry))
    flash(_("Letters issued: %(numbers)s. They are being made.", numbers=", ".join(made)), "good")
    return redirect(url_for("desk.visit_letters", reference=enquiry.reference), 303)


@bp.get("/visits/<reference>/letters/<number>.pdf")
@edge.permission(Permission.ENQUIRY_DECIDE)
def visit_letter(reference: str, number: str) -> Response:
    """Hand out a letter; the audit log has a line for each time."""
    enquiry, _visit = load(reference)
    actor = edge.actor()
    letters_of.require(actor)
    known = letters.read_number(number)
    if known not in {row.number for row in letters.of(db.session(), enquiry.id)}:
        raise NotFound("letter")
    try:
        content = versions.content(db.session(), enquiry.id, known)
    except NotFound:
        return not_made(enquiry, known, url_for("desk.visit_letters", reference=enquiry.reference))
    return audited.paper(content, known, enquiry.reference, AuditKind.LETTER_DOWNLOADED, actor=actor, letter=known)


@bp.post("/visits/<reference>/letters/<number>/withdraw")
@edge.permission(Permission.ENQUIRY_DECIDE)
def withdraw_letter(reference: str, number: str) -> AnyResponse:
    """Withdraw a letter: who checks it learns that it is not valid any more."""
    enquiry, visit = load(reference)
    letters_of.require(edge.actor())
    form = WithdrawForm()
    if not form.validate():
        people = letters_of.delegates(db.session(), enquiry)
        return _page(enquiry, visit, _begun(enquiry, visit, people), people, withdrawing=(number, form))
    with transaction() as session:
        held = loading.locked(session, enquiry.reference, actor=edge.actor())
        letters_of.withdraw(session, held, number, form.reason.data or "", by=edge.acting())
    flash(_("The letter is withdrawn. Its public check says so from now on."), "good")
    return redirect(url_for("desk.visit_letters", reference=enquiry.reference), 303)


def _fault(field: str, fault: str) -> str:
    return f"{_OURS.get(field) or _(FACT_LABEL[field])} – {_(fault)}"


def _missing(order: PaperOrder) -> list[str]:
    """Return what a letter does not state any more, though it did when it was issued."""
    return [_fault(*each) for each in order.problems] if order.state is OrderState.INCOMPLETE else []


def _begun(enquiry: Enquiry, visit: Visit, people: Sequence[Delegate]) -> LettersForm:
    """Return the form with what is known: who needs a letter, and what the visit says."""
    form = LettersForm(formdata=None)
    form.offer(people)
    form.people.data = [str(each.id) for each in people if each.invitation_letter]
    form.language.data = edge.environment().spoken(enquiry.language).value
    form.reason.data, form.arrival.data, form.departure.data = enquiry.subject, visit.first_day, visit.last_day
    form.head_count.data = len(people) or visit.guests
    form.received_by.data = form.coordinator.data = visit.host.name if visit.host else ""
    form.facilities.data = visit_mails.place(visit, edge.language())
    payer = questions.WHO_PAYS.of(enquiry.answers)
    form.payer.data = _(labels.PAYER[Payer(payer)]) if payer in set(Payer) else ""
    return form


def _page(
    enquiry: Enquiry,
    visit: Visit,
    form: LettersForm,
    people: Sequence[Delegate],
    *,
    withdrawing: tuple[str, FlaskForm] | None = None,
) -> Response:
    session = db.session()
    made = {paper.name for paper in versions.of(session, enquiry.id)}
    asked = {order.name: order for order in orders.of(session, enquiry.id)}
    page = render_template(
        "desk/visits/letters.html",
        enquiry=enquiry,
        visit=visit,
        form=form,
        some=SOME,
        people=people,
        rows=letters.of(session, enquiry.id),
        made=made,
        asked=asked,
        waiting=OrderState.WAITING,
        problems=problems,
        progress=progress.said,
        missing=_missing,
        withdrawing=withdrawing or ("", WithdrawForm(formdata=None)),
        today=edge.today(),
        lacks_phone=not edge.settings().office_phone,
    )
    return make_response(page, 422 if form.errors or (withdrawing and withdrawing[1].errors) else 200)
