"""What a page says when someone else was quicker: what they did, and what both changed beside what was typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import gettext as _

from webapp.domain.history import changes as history_changes
from webapp.domain.history import versions
from webapp.models import Change, SavedView
from webapp.models.versioned import Versioned
from webapp.web import edge, former
from webapp.web.desk.frame import changes
from webapp.web.desk.frame.changes import ChangeLine
from webapp.web.desk.frame.versioned import VersionedForm


class BothChanged(NamedTuple):
    """A field that both changed: its name, its current value and what the reader typed, as people read them."""

    label: str
    now: str
    typed: str


@dataclass(frozen=True)
class Clash:
    """What others did since the reader's page was made, latest first, and the fields that both changed.

    `taken`: what only they changed is in the form now. `of_form` says whether something typed is kept below; without
    it, a button was pressed. `gone`: there is nothing left to press it for.
    """

    title: str
    lines: list[ChangeLine] = field(default_factory=list)
    both: list[BothChanged] = field(default_factory=list)
    taken: bool = False
    of_form: bool = True
    gone: bool = False


def of_form(
    form: VersionedForm,
    row: Versioned,
    version: int,
    current: Mapping[str, Any],
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> Clash:
    """Bring a form up to date with its row, as far as its sender left fields alone, and say what both changed.

    `current` has the row's values as the form's fields hold them, `shown` turns values of its changes into such. Where
    not every change since is known, each field that differs is shown.
    """
    since = versions.since(row, version)
    missed = history_changes.missed(since, version)
    before, now = (shown({name: pair[which] for name, pair in missed.items()}) for which in (0, 1))
    both = form.catch_up({name: (before[name], now[name]) for name in now}) if since else form.differing(current)
    own = [change for change in since if any(name in form for name in shown(change.fields))]
    values = [(name, current[name], form[name].data) for name in both]
    return Clash(
        _title(row, version, own or since),
        [changes.line(change) for change in own or since],
        [
            BothChanged(_label(form, name), _words(form, name, now), _words(form, name, mine))
            for name, now, mine in values
        ],
        taken=any(name in form and name not in both for name in now),
    )


def of_values(row: Versioned, version: int, values: Iterable[tuple[str, str, str]]) -> Clash:
    """Return what to say about a page's own fields; `values` are (label, current value, what was typed)."""
    since = versions.since(row, version)
    both = [BothChanged(label, now, typed) for label, now, typed in values if now != typed]
    return Clash(_title(row, version, since), [changes.line(change) for change in since], both)


def of_button(row: Versioned, version: int, *, gone: bool = False) -> Clash:
    """Return what to say to a person who pressed a button about something that has changed; nothing was done."""
    since = versions.since(row, version) or tuple(filter(None, [versions.latest(row)]))
    return Clash(_title(row, version, since), [changes.line(change) for change in since], of_form=False, gone=gone)


def of_gone(title: str, since: Sequence[Change]) -> Clash:
    """Return what to say about something that is no longer there."""
    return Clash(title, [changes.line(change) for change in since], of_form=False, gone=True)


def _title(row: Versioned, version: int, since: Sequence[Change]) -> str:
    if version < 0:
        return _("Please check this before it is saved")
    last = since[0] if since else versions.latest(row)
    if isinstance(row, SavedView):
        return _("You changed this record in another window")
    if last is None:
        return _("This record changed while you were working on it")
    if last.actor_id is not None and last.actor_id == edge.actor().person_id:
        return _("You changed this record in another window")
    return _(
        "%(who)s changed this record while you were working on it",
        who=former.colleague(last.actor_name) or _("Liaison Desk"),
    )


def _label(form: VersionedForm, name: str) -> str:
    return changes.in_words(name, "")[0] or str(form[name].label.text)


def _words(form: VersionedForm, name: str, value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(_words(form, name, each) for each in value)
    known = form.choice_words(name, value)
    return changes.in_words(name, value)[1] if known is None else known
