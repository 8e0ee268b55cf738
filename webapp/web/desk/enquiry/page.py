"""What the page of one enquiry shows, also after something was refused: then with the text that was typed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from webapp import labels, questions
from webapp.db import db
from webapp.domain.decisions import approvals
from webapp.domain.enquiries import actions, assignment, held, loading, relations
from webapp.domain.enquiries.workflow import TABLE, ActionRow, Place
from webapp.domain.letters import canned_replies
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import checklist, mentions, tags
from webapp.models import Enquiry, Message, Person
from webapp.tidying import amounts
from webapp.vocabulary import IN_HAND, OPEN_STATUSES, Action, Kind, Permission, Status
from webapp.web import edge, paging, uploads
from webapp.web.desk.calendar import clashing
from webapp.web.desk.calendar.clashing import Clashing
from webapp.web.desk.enquiry import (
    answering,
    asked,
    conversation,
    folds,
    history,
    origin,
    presence,
    referral_panel,
    screened,
    suggestion,
    walk,
)
from webapp.web.desk.enquiry.approvals import ApproversForm
from webapp.web.desk.enquiry.due import promised
from webapp.web.desk.enquiry.forms import KindForm
from webapp.web.desk.enquiry.referral_panel import ReferralForm
from webapp.web.desk.letters import placeholders
from webapp.web.paging import Part
from webapp.web.unknown import Unknown, unknown
from webapp.web.windows import WindowsForm

_SORTING = frozenset({Action.MARK_SPAM, Action.CONVERT})
# So many emails are shown on one page; the rest is behind a link.
EMAILS = 40


@dataclass(frozen=True)
class ActionAttempt:
    """An action as someone tried to take it; `fault` says why it was refused, if not for a change by others."""

    action: Action
    version: int
    text: str
    assignee: int | None
    fault: str = ""
    windows: WindowsForm | None = None
    approvers: ApproversForm | None = None
    referral: ReferralForm | None = None
    kinds: KindForm | None = None
    # Nothing was tried yet: a letter was put in (its word, or nothing), for someone to read and send.
    is_prepared: bool = False
    letter: str = ""
    # What else a form of its own had.
    more: Mapping[str, str] = field(default_factory=dict)
    # Whom a note tells, beside those whom its text names.
    named: tuple[int, ...] = ()

    def refused(self, fault: str, **more: str) -> "ActionAttempt":
        return replace(self, fault=fault, more={**self.more, **more})

    def prepared(self, text: str | None = None, letter: str = "") -> "ActionAttempt":
        return replace(self, text=self.text if text is None else text, letter=letter, is_prepared=True)


@dataclass(frozen=True)
class Option:
    """One action that can be taken now, as the page offers it."""

    row: ActionRow
    label: str
    before: str
    text_label: str
    tone: str
    # Sorting out, and no answer: beside the decisions, and never as large as they.
    quiet: bool

    @property
    def action(self) -> Action:
        return self.row.action


def page(reference: str, attempt: ActionAttempt | None = None, *, code: int = 200) -> Response:
    """Return the page of an enquiry; an attempt that was refused is explained, and its text kept."""
    session, actor = db.session(), edge.actor()
    enquiry, own = loading.whole(session, reference, actor=actor)
    audience = request.args.get("history", "all")
    possible = actions.allowed(enquiry, actor)
    everyone = assignment.everyone(session) if {Action.ASSIGN, Action.NOTE}.intersection(possible) else ()
    return make_response(
        render_template(
            "desk/enquiry/enquiry.html",
            enquiry=enquiry,
            answers=labels.answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
            earlier=labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
            country=labels.country_name(enquiry.country, edge.language()),
            answering=answering.answering(enquiry),
            options=_options(possible, enquiry),
            possible=possible,
            assignable=list(filter(assignment.can_be_given, everyone)) if Action.ASSIGN in possible else (),
            promised=promised(enquiry),
            audience=audience,
            unknown_audience=_unknown(audience, enquiry),
            approvals=approvals.of(session, enquiry) if "approvals" in own else (),
            approvers=lambda: asked.fields("approvers", attempt and attempt.approvers, ApproversForm),
            referred=referral_panel.referred(
                session, enquiry, attempt.referral if attempt else None, any_made="referrals" in own
            ),
            kinds=_kinds(enquiry, attempt),
            origin=origin.origin(session, enquiry, actor=actor),
            screened=screened.screened(enquiry),
            against=_against(session, enquiry, actor),
            suggestion=suggestion.panel(session, enquiry, actor=actor),
            attempt=attempt,
            is_held=held.is_held(enquiry),
            windows=lambda: asked.fields("windows", (attempt and attempt.windows) or _offering(), WindowsForm),
            offers=_days_to_offer()[0] is not None,
            missed=_missed(enquiry, attempt),
            open_parts=folds.open_parts(),
            folds_cookie=folds.cookie_name(),
            walk=walk.walk(enquiry.reference),
            asked=_asked(enquiry),
            **_told(session, enquiry, actor, audience),
            **_desk_work(session, enquiry, actor, possible, own=own, everyone=everyone),
        ),
        code,
    )


def _days_to_offer() -> tuple[date | None, date | None]:
    """Return the days that a link asks to offer: first and last."""
    return amounts.day(request.args.get("first", "")), amounts.day(request.args.get("last", ""))


def _offering() -> WindowsForm | None:
    """Return the form that begins with the days that a link asks to offer, or None."""
    first, last = _days_to_offer()
    return WindowsForm.beginning(first, last) if first and last else None


def _against(session: Session, enquiry: Enquiry, actor: Actor) -> Clashing | None:
    """Return what clashes with the days asked for, for those who decide about them."""
    asked = enquiry.kind is Kind.VISIT and enquiry.status in IN_HAND and actor.can(Permission.ENQUIRY_DECIDE)
    return clashing.of_enquiry(session, enquiry) if asked else None


def _asked(enquiry: Enquiry) -> list[str]:
    """Return what is read of a visit beside its partner's words: the days, who comes, and how many."""
    given = enquiry.answers
    days = labels.window_texts(questions.WINDOWS.of(given) or (), _, edge.language())
    rank, people = questions.RANK.of(given), questions.GROUP_SIZE.of(given)
    who = [_(questions.LEADER_RANK[rank])] if rank else []
    return [*days, *who, *([ngettext("%(num)s person", "%(num)s people", people)] if people else [])]


def _told(session: Session, enquiry: Enquiry, actor: Actor, audience: str) -> dict[str, Any]:
    """Return the conversation with its emails, and both lists of which it may show a part."""
    lines, emails = history.lines(enquiry, audience=audience), _emails(session, enquiry, actor)
    told = conversation.conversation(lines, emails, by_themselves=audience == "all")
    with_words = {file.id for event in enquiry.events for file in event.files}
    first = [file for file in enquiry.attachments if file.id not in with_words]
    given = {"history": lines, "messages": emails, "conversation": told, "first_files": first}
    return {**given, "accept": uploads.ACCEPT, "settings": edge.settings()}


def _emails(session: Session, enquiry: Enquiry, actor: Actor) -> Part[Message]:
    before = paging.place("emails")
    found = loading.messages(session, enquiry, actor=actor, before=before, limit=EMAILS + 1)
    return Part(found[:EMAILS], found[EMAILS - 1].id if len(found) > EMAILS else None, is_newest=before is None)


def _unknown(audience: str, enquiry: Enquiry) -> Unknown | None:
    """Return what is said where the history is asked for by a word that is none of its parts."""
    if audience in history.AUDIENCES:
        return None
    without = url_for("desk.enquiry", reference=enquiry.reference, _anchor="history")
    return unknown(_("History"), audience, without)


def _desk_work(
    session: Session,
    enquiry: Enquiry,
    actor: Actor,
    possible: Collection[Action],
    *,
    own: Collection[str],
    everyone: Sequence[Person],
) -> dict[str, Any]:
    """Return what the office adds for its own use: checklist, people who can be named in a note, canned replies."""
    replies = (
        canned_replies.replies(session, actor=actor, language=edge.environment().spoken(enquiry.language))
        if Action.REPLY in possible
        else ()
    )
    return {
        "checklist": checklist.items(session, enquiry) if "checklist_items" in own else (),
        "known_tags": tags.tags(session, actor=actor) if Action.TAG in possible else (),
        "can_be_named": mentions.among(everyone, enquiry, actor=actor) if Action.NOTE in possible else (),
        "choices": placeholders.choices(replies),
        "priorities": labels.options(labels.PRIORITY, _),
        "similar": relations.similar(session, enquiry, actor=actor) if enquiry.status in OPEN_STATUSES else (),
        "related": relations.related(session, enquiry, actor=actor) if "relations" in own else (),
        "open_statuses": OPEN_STATUSES,
        "in_hand": IN_HAND,
        "looking": presence.look(enquiry.id, actor, now=edge.now().timestamp()),
    }


def _options(possible: Collection[Action], enquiry: Enquiry) -> list[Option]:
    options = [_option(TABLE[action], enquiry) for action in possible if TABLE[action].place is Place.DECISIONS]
    return sorted(options, key=lambda option: ("primary", "", "danger").index(option.tone))


def _option(row: ActionRow, enquiry: Enquiry) -> Option:
    genuine = row.action is Action.UNMARK_SPAM and held.is_held(enquiry)
    words = labels.GENUINE if genuine else labels.ACTION[row.action]
    return Option(
        row=row,
        label=_(words.button),
        before=_(words.before),
        text_label=_(words.text),
        tone="primary" if row.is_forward else "danger" if row.is_harmful else "",
        quiet=row.action in _SORTING and enquiry.status is not Status.SUSPECT,
    )


def _kinds(enquiry: Enquiry, attempt: ActionAttempt | None) -> KindForm:
    """Return the kinds that it could be handled as, with the one that someone chose before."""
    form = (attempt and attempt.kinds) or KindForm(formdata=None)
    form.offer(enquiry.kind)
    return form


def _missed(enquiry: Enquiry, attempt: ActionAttempt | None) -> list[history.HistoryLine]:
    """Return what others did since the page was read; nothing where the reader had seen it all."""
    if attempt is None or attempt.action is Action.NOTE:
        return []
    return [history.line(event, enquiry) for event in loading.changes_since(enquiry, attempt.version)]
