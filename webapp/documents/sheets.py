"""The papers that lie on the table: programme, dossier, gate sheet and attendance list."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from webapp import i18n
from webapp.documents.people import Delegate, Written
from webapp.documents.values import Gift, Issuer, PastVisit, Promise, Slot, Visit
from webapp.documents.words import Runs, Words, hours
from webapp.i18n import N_
from webapp.labels import PAPER
from webapp.vocabulary import Paper

# What the dossier's one page has room for; the attendance list has everyone.
_MOST_DELEGATES, _MOST_REMEMBERED, _MOST_SLOTS = 48, 6, 14
# Where no one is named, lists have lines to write in.
_UNNAMED = (Delegate(own=Written()),) * 12


def common(paper: Paper, visit: Visit, issuer: Issuer, *, version: int) -> dict[str, Any]:
    """Return what the head and foot of every paper say."""
    words = Words(visit.languages)
    title = words.label(PAPER[paper])
    said = words.label(N_("Version %(number)s"), number=version)
    joined = " · ".join((title[0]["text"], words.one(visit.partner)["text"], visit.reference, said[0]["text"]))
    return {
        "reference": visit.reference,
        "reference-run": words.own(visit.reference),
        "institution": words.said(issuer.name),
        "partner": words.said(visit.partner),
        "footer": words.own(joined),
        "version": said,
        "days": words.days(
            visit.starts_at.astimezone(issuer.zone).date(), visit.ends_at.astimezone(issuer.zone).date()
        ),
        "venue": words.said(visit.venue),
    }


def programme(visit: Visit, issuer: Issuer) -> dict[str, Any]:
    """Return the programme in both languages, with the delegation and the hosts in order of precedence."""
    words = Words(visit.languages)
    slots = sorted(visit.programme, key=lambda slot: slot.starts_at)
    return {
        "columns": len(words.languages),
        "labels": words.labels(
            programme=N_("Programme"), delegation=N_("Delegation"), hosts=N_("Hosts"), emergency=N_("In an emergency")
        ),
        "emergency": {"phone": words.own(visit.emergency.phone), "name": words.said(visit.emergency.name)},
        "programme": [
            {"day": words.day(day), "zones": _zones(words, visit, issuer, part), "slots": part_values}
            for day, part in (
                (day, list(group))
                for day, group in groupby(slots, key=lambda slot: slot.starts_at.astimezone(issuer.zone).date())
            )
            for part_values in ([_slot(words, slot, issuer) for slot in part],)
        ],
        "delegates": [words.person(each, visit) for each in visit.delegates],
        "hosts": [words.person(each) for each in visit.hosts],
    }


def _slot(words: Words, slot: Slot, issuer: Issuer) -> dict[str, Any]:
    return {
        "hours": words.own(hours(slot.starts_at, slot.ends_at, issuer.zone)),
        "title": words.beside(slot.title),
        "place": words.beside(slot.place),
        "purpose": words.beside(slot.purpose),
        "note": words.beside(slot.note),
        "languages": words.beside(slot.languages),
        "interpreter": words.own(slot.interpreter),
        "about": [_about(Words((language,)), slot) for language in words.languages],
    }


def _about(words: Words, slot: Slot) -> dict[str, Any]:
    """Return the hosts of a slot as one language writes them, and what the facts are called in it."""
    labels = words.labels(hosts=N_("Hosts"), languages=N_("Languages spoken"), interpreter=N_("Interpreter"))
    return {
        "labels": {name: runs[0] for name, runs in labels.items()},
        "hosts": [words.own(each.written_in(words.languages[0]).addressed) for each in slot.hosts],
        "comma": words.languages[0].writing.things,
    }


def _zones(words: Words, visit: Visit, issuer: Issuer, slots: list[Slot]) -> Runs:
    """Return in which zone a day's times are, and what its first one is where the visitors come from."""
    first, away = slots[0].starts_at, visit.visitors_zone
    names = {language: i18n.city(issuer.zone, language) for language in words.languages}
    if away is None or first.astimezone(away).utcoffset() == first.astimezone(issuer.zone).utcoffset():
        return words.label(N_("Times in %(city)s"), city=names)
    return words.label(
        N_("%(here)s in %(city)s is %(there)s in %(other)s"),
        here=hours(first, None, issuer.zone),
        city=names,
        there={language: _there(words, visit, issuer, first)[language] for language in words.languages},
        other={language: i18n.city(away, language) for language in words.languages},
    )


def _there(words: Words, visit: Visit, issuer: Issuer, first: Any) -> dict[Any, str]:
    """Return a time where the visitors come from, with its day where that is another."""
    away = visit.visitors_zone or issuer.zone
    here_on, there_on = first.astimezone(issuer.zone).date(), first.astimezone(away).date()
    if here_on == there_on:
        return dict.fromkeys(words.languages, hours(first, None, away))
    return {language: i18n.datetime_short(first, language, away) for language in words.languages}


def dossier(visit: Visit, issuer: Issuer) -> dict[str, Any]:
    """Return the one page for those who receive the visitors: who comes, why, and what is between us."""
    words = Words(visit.languages)
    first = Words(visit.languages[:1])
    beyond, more = len(visit.delegates) - _MOST_DELEGATES, N_("and %(number)s more on the attendance list")
    zones = dict.fromkeys(zone for zone in (issuer.zone, visit.visitors_zone) if zone)
    return {
        "labels": words.labels(
            delegation=N_("Delegation"),
            purposes=N_("Purposes"),
            hosts=N_("Hosts"),
            past=N_("Last visits"),
            promises=N_("Open promises"),
            gifts=N_("Gifts"),
            emergency=N_("In an emergency"),
            when=N_("Time and place"),
            programme=N_("Programme"),
            none=N_("None"),
        ),
        "more": _more(
            words,
            hosts=len(visit.hosts) - _MOST_REMEMBERED * 2,
            slots=len(visit.programme) - _MOST_SLOTS,
            past=len(visit.past_visits) - _MOST_REMEMBERED,
            promises=len(visit.promises) - _MOST_REMEMBERED,
            gifts=len(visit.gifts) - _MOST_REMEMBERED,
        ),
        "kinds": [words.own(text) for text in (visit.network, visit.level) if text],
        "emergency": {"phone": words.own(visit.emergency.phone), "name": words.said(visit.emergency.name)},
        "moments": [each for zone in zones for each in first.moment(visit.starts_at, zone)],
        "slots": _outline(first, visit, issuer),
        "purposes": [words.one(each) for each in visit.purposes],
        "delegates": [_delegate(words, each, visit) for each in visit.delegates[:_MOST_DELEGATES]],
        "more-delegates": words.label(more, number=beyond) if beyond > 0 else [],
        "hosts": [
            words.person(each) | {"phone": words.own(each.phone)} for each in visit.hosts[: _MOST_REMEMBERED * 2]
        ],
        "past": [_past(first, each) for each in _newest(visit.past_visits)],
        "promises": [_promise(first, each) for each in visit.promises[:_MOST_REMEMBERED]],
        "gifts": [_gift(first, each) for each in _newest(visit.gifts)],
    }


def _outline(words: Words, visit: Visit, issuer: Issuer) -> list[dict[str, Any]]:
    """Return the programme in a line for each slot: when, what and where; nothing where the visit is its one slot."""
    slots = sorted(visit.programme, key=lambda slot: slot.starts_at)[:_MOST_SLOTS]
    days = [slot.starts_at.astimezone(issuer.zone).date() for slot in slots]
    if len(slots) < 2:
        return []
    return [
        {
            "day": words.own(i18n.date_short(day, words.languages[0]) if day != before and len(set(days)) > 1 else ""),
            "hours": words.own(hours(slot.starts_at, slot.ends_at, issuer.zone)),
            "title": words.one(slot.title),
            "place": words.one(slot.place),
        }
        for slot, day, before in zip(slots, days, [None, *days], strict=False)
    ]


def _more(words: Words, **beyond: int) -> dict[str, Runs]:
    """Return what each part of the page says of those that it has no room for."""
    more = N_("and %(number)s more")
    return {name: words.label(more, number=number) if number > 0 else [] for name, number in beyond.items()}


def _newest(things: Iterable[Any]) -> list[Any]:
    return sorted(things, key=lambda each: each.on or date.max, reverse=True)[:_MOST_REMEMBERED]


def _delegate(words: Words, delegate: Delegate, visit: Visit) -> dict[str, Any]:
    care = [words.own(text) for text in (delegate.diet, delegate.access_needs) if text]
    return words.person(delegate, visit) | {"care": care}


def _past(words: Words, visit: PastVisit) -> dict[str, Any]:
    way = words.label(N_("They came to us") if visit.inbound else N_("We went to them"))[0]["text"]
    on = i18n.date_short(visit.on, words.languages[0], year=True)
    what = words.one(visit.what)["text"]
    return {
        "on": words.own(on),
        "what": words.own(words.languages[0].writing.label.join((way, what))),
        "leader": words.own(visit.leader),
    }


def _promise(words: Words, promise: Promise) -> dict[str, Any]:
    due = i18n.date_short(promise.due, words.languages[0], year=True) if promise.due else ""
    return {"due": words.own(due), "what": words.own(promise.what), "owner": words.own(promise.owner)}


def _gift(words: Words, gift: Gift) -> dict[str, Any]:
    way = words.label(N_("Given to them") if gift.given else N_("Received from them"))[0]
    on = i18n.date_short(gift.on, words.languages[0], year=True) if gift.on else ""
    facts = [way, *(words.own(text) for text in (on, gift.person, gift.value) if text)]
    return {"what": words.own(gift.what), "facts": facts}


def security(visit: Visit, issuer: Issuer) -> dict[str, Any]:
    """Return the list for the gate: names, organisations, plates, arrivals, and whom to call. Nothing of a passport."""
    words = Words(visit.languages)
    host = visit.hosts[0] if visit.hosts and visit.hosts[0].phone else None
    name = [words.own(host.own.addressed)] if host else words.said(visit.emergency.name)
    return {
        "labels": words.labels(
            sheet=N_("Gate sheet"),
            arrival=N_("Expected"),
            entrance=N_("Entrance"),
            host=N_("Call the host"),
            note=N_("For the gate on this day alone. Destroy it afterwards."),
        ),
        "columns": [
            words.label(text)
            for text in (
                N_("No."),
                N_("Full name"),
                N_("Organisation"),
                N_("Number plate"),
                N_("Arrival"),
                N_("Time in"),
                N_("Time out"),
            )
        ],
        "moment": words.moment(visit.starts_at, issuer.zone),
        "entrance": words.said(visit.entrance) or words.said(visit.venue),
        "host": {"phone": words.own(host.phone if host else visit.emergency.phone), "name": name},
        "delegates": [
            {
                "own": {"name": words.own(each.own.name)},
                "other": {"name": words.own(each.other.name)} if each.other else None,
                "organisation": words.own(each.own.organisation),
                "plate": words.own(each.plate),
                "arrival": words.own(each.arrival),
            }
            for each in visit.delegates or _UNNAMED
        ],
    }


def attendance(visit: Visit, _issuer: Issuer) -> dict[str, Any]:
    """Return the list that everyone who is there signs."""
    words = Words(visit.languages)
    return {
        "labels": words.labels(sheet=N_("Attendance list")),
        "columns": [
            words.label(text) for text in (N_("No."), N_("Full name"), N_("Position and organisation"), N_("Signature"))
        ],
        "groups": [
            {"name": words.label(name), "people": [words.person(each, visit) for each in people]}
            for name, people in ((N_("Guests"), visit.delegates or _UNNAMED), (N_("Hosts"), visit.hosts))
            if people
        ],
    }
