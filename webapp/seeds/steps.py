"""What is done with a sample's enquiry, step by step, by the people of the sample's office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.calendar import office_calendar
from webapp.domain.decisions import approvals, referrals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import faculties
from webapp.domain.enquiries import actions, assignment, tracking
from webapp.domain.links import opening
from webapp.domain.security import tokens
from webapp.domain.security.acting import Acting
from webapp.domain.triage import notes, tags
from webapp.domain.visits import aftermath, programme, tasks, visits
from webapp.domain.visits.holds import Taken
from webapp.domain.visits.overruling import Impossible
from webapp.domain.visits.visits import Plan
from webapp.models import Enquiry, Link, Referral, Room, Visit
from webapp.seeds.office import Office
from webapp.seeds.stories import Step, Story, working_day
from webapp.seeds.texts import APPROVAL, APPROVER, NOTES, OUTCOMES, QUESTIONS, TAGS, WORDS
from webapp.vocabulary import Action, Finding, LinkKind, Permission, Priority

_ACTIONS = {
    Step.REVIEW: Action.REVIEW,
    Step.ASK: Action.ASK_PARTNER,
    Step.REPLY: Action.REPLY,
    Step.ACCEPT: Action.ACCEPT,
    Step.COMPLETE: Action.COMPLETE,
    Step.DECLINE: Action.DECLINE,
    Step.SPAM: Action.MARK_SPAM,
}
# So often another room, hour and host are drawn where the first are taken.
_TRIES = 6


@dataclass(frozen=True)
class Sample:
    """One enquiry of the samples, who has it, and its story."""

    session: Session
    enquiry: Enquiry
    story: Story
    index: int
    office: Office
    random: Random
    today: date

    @property
    def visit_day(self) -> date:
        return working_day(self.today, -(self.story.visit or 0))

    def words(self, step: Step) -> str:
        """Return what is written with a step, in the partner's language."""
        return WORDS.get(step, {}).get(self.enquiry.language, "")


def do(sample: Sample, step: Step, *, now: datetime, by: Acting) -> None:
    """Do one step at a time that is past, as the person who has the enquiry.

    A visit for which no room was free waits: what needs that it was confirmed is left out.
    """
    then = Acting(sample.office.team[sample.index % len(sample.office.team)], now, by.settings)
    if step in (Step.COMPLETE, Step.OUTCOME) and not ((visit := _visit(sample)) and visit.confirmed_at):
        return
    if step in _ACTIONS:
        actions.act(sample.session, sample.enquiry, _ACTIONS[step], text=sample.words(step), by=then)
    else:
        _OTHERS[step](sample, then)


def prepare(sample: Sample, *, by: Acting) -> None:
    """Let the office have done what was due for a visit before today, and know the programme of the next ones."""
    session, enquiry = sample.session, sample.enquiry
    if enquiry.id is None or not (visit := _visit(sample)) or visit.confirmed_at is None:
        return
    for task in tasks.tasks(session, enquiry):
        if task.due_on is not None and task.due_on < sample.today:
            tasks.tick(session, enquiry, task.id, done=True, by=by)
    report = aftermath.report(session, enquiry)
    if report is not None and report.follow_up_on is not None and report.follow_up_on < sample.today:
        aftermath.followed_up(session, enquiry, done=True, by=by)
    if 0 <= (sample.visit_day - sample.today).days < 14:
        level = tasks.level_of(visit, enquiry, by.settings)
        programme.put_in(session, enquiry, level, known=len(programme.of(session, visit)), by=by)


def _visit(sample: Sample) -> Visit | None:
    return sample.session.scalars(select(Visit).where(Visit.enquiry_id == sample.enquiry.id)).one_or_none()


def _assign(sample: Sample, by: Acting) -> None:
    assignment.assign(sample.session, sample.enquiry, by.actor.person_id, by=replace(by, actor=sample.office.head))


def _prioritise(sample: Sample, by: Acting) -> None:
    tags.prioritise(sample.session, sample.enquiry, Priority.HIGH, by=by)


def _tag(sample: Sample, by: Acting) -> None:
    sample.session.refresh(sample.enquiry, ["tags"])
    tags.tag(sample.session, sample.enquiry, TAGS[sample.index % len(TAGS)], by=by)


def _note(sample: Sample, by: Acting) -> None:
    notes.add(sample.session, sample.enquiry, NOTES[sample.index % len(NOTES)], named=(), by=by)


def _offer(sample: Sample, by: Acting) -> None:
    first = working_day(sample.today, -40)
    windows = [(first, first + timedelta(1)), (first + timedelta(14), first + timedelta(15))]
    actions.propose_dates(sample.session, sample.enquiry, windows, text=sample.words(Step.OFFER), by=by)


def _write(sample: Sample, by: Acting) -> None:
    given: dict[str, Any] = {"now": by.now, "settings": by.settings}
    tracking.write(sample.session, sample.enquiry, sample.words(Step.WRITE), **given)


def _withdraw(sample: Sample, by: Acting) -> None:
    given: dict[str, Any] = {"now": by.now, "settings": by.settings}
    tracking.withdraw(sample.session, sample.enquiry, sample.words(Step.WITHDRAW), **given)


def _ask_approval(sample: Sample, by: Acting) -> None:
    """Ask someone without an account; only who may name anyone at all asks an address that is no colleague's."""
    name, email, language = APPROVER
    asked = replace(by, actor=sample.office.head)
    known = by.settings.is_colleague(email) or asked.can(Permission.OUTSIDER_NAME)
    approvers = [Approver(name, email, language)] if known else []
    approvals.ask(sample.session, sample.enquiry, approvers, in_order=False, text=APPROVAL, by=asked)


def _refer(sample: Sample, by: Acting) -> None:
    chosen = faculties.active(sample.session)
    days = office_calendar.around(sample.session, by.today, settings=by.settings)
    back = referrals.usual_return(sample.enquiry, today=by.today, days=days)
    question = QUESTIONS[sample.index % len(QUESTIONS)]
    request = ReferralRequest(chosen[sample.index % len(chosen)].id, question, back)
    referrals.refer(sample.session, sample.enquiry, request, by=by)


def _return(sample: Sample, by: Acting) -> None:
    query = select(Link).join(Referral, Referral.link_id == Link.id).where(Referral.enquiry_id == sample.enquiry.id)
    link = sample.session.scalars(query.order_by(Referral.id)).first()
    assert link is not None
    token = tokens.link_token(link, secret_keys=by.settings.secret_keys)
    found = opening.opened(sample.session, token, LinkKind.REFERRAL, now=by.now)
    given: dict[str, Any] = {"now": by.now, "settings": by.settings}
    referrals.answer(sample.session, found, Finding.CAN_HELP, note="Yes, on most afternoons.", **given)


def _confirm(sample: Sample, by: Acting) -> None:
    """Confirm a visit on the first day that was asked for, in a room and with a host of the sample that are free."""
    session, enquiry = sample.session, sample.enquiry
    for _ in range(_TRIES):
        try:
            with session.begin_nested():
                visits.confirm(session, enquiry, _plan(sample, by), by=by)
        except (Taken, Impossible):
            continue
        return
    visits.arrange(session, enquiry, replace(_plan(sample, by), room_id=None), by=by)


def _plan(sample: Sample, by: Acting) -> Plan:
    session, random, first = sample.session, sample.random, sample.visit_day
    starts_at = datetime.combine(first, time(random.choice([9, 10, 14]), 30), by.settings.zone)
    return Plan(
        first_day=first,
        last_day=first,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        room_id=random.choice(session.scalars(select(Room.id).order_by(Room.id)).all()),
        host_id=random.choice(sample.office.hosts),
        guests=questions.GROUP_SIZE.of(sample.enquiry.answers),
    )


def _outcome(sample: Sample, by: Acting) -> None:
    outcome = OUTCOMES[sample.index % len(OUTCOMES)]
    aftermath.note_outcome(sample.session, sample.enquiry, outcome, sample.visit_day, by=by)


_OTHERS: Mapping[Step, Callable[[Sample, Acting], None]] = {
    Step.ASSIGN: _assign,
    Step.PRIORITISE: _prioritise,
    Step.TAG: _tag,
    Step.NOTE: _note,
    Step.REFER: _refer,
    Step.RETURN: _return,
    Step.OFFER: _offer,
    Step.WRITE: _write,
    Step.APPROVAL: _ask_approval,
    Step.CONFIRM: _confirm,
    Step.OUTCOME: _outcome,
    Step.WITHDRAW: _withdraw,
}
