"""The papers that say who is who and where they sit: name cards, table signs, seating plan."""

from typing import Any

from webapp.documents import seating
from webapp.documents.people import Person
from webapp.documents.values import Issuer, Visit
from webapp.documents.words import Words
from webapp.i18n import N_
from webapp.vocabulary import TableShape

_NUMBERED = N_("Seats are numbered by rank within each side.")
_PHOTO = N_(
    "Drawn as the camera sees it. The host is in the middle, the chief guest at the host’s right hand; from there "
    "guests and hosts alternate by rank."
)


def cards(visit: Visit, issuer: Issuer) -> dict[str, Any]:
    """Return a card for each guest and then for each host."""
    words = Words(visit.languages)
    return {
        "short-names": words.said(issuer.short_name),
        "people": [
            words.person(each, visit)
            | {
                "guest": guest,
                "group": words.label(N_("Guest") if guest else N_("Host")),
                "organisation": _organisation(words, each, visit),
            }
            for guest, people in ((True, visit.delegates), (False, visit.hosts))
            for each in people
        ],
    }


def _organisation(words: Words, person: Person, visit: Visit) -> Any:
    """Return the organisation in both languages, with the country where the visit shows countries."""
    names = dict.fromkeys(each.organisation for each in (person.own, person.other) if each and each.organisation)
    countries = [run["text"] for run in words.person(person, visit)["country"][:1]]
    return words.own("  ·  ".join([*names, *countries]))


def seating_plan(visit: Visit, _issuer: Issuer) -> dict[str, Any]:
    """Return the table and the photo, as the visit's rules seat them."""
    words, rules = Words(visit.languages), visit.seating
    people = {id(each): words.person(each, visit) for each in (*visit.delegates, *visit.hosts)}
    table: seating.Table[Person] = seating.table(
        visit.delegates,
        visit.hosts,
        shape=rules.shape,
        host_faces_door=rules.host_faces_door,
        interpreter_seat=rules.interpreter_seat,
        guest_interpreter=rules.guest_interpreter,
        host_interpreter=rules.host_interpreter,
        most=rules.seats_a_side,
    )
    where = N_("The guests face the door.")
    if rules.shape is TableShape.END:
        where = N_("The guests sit on the right as one enters.")
    elif rules.host_faces_door:
        where = N_("The hosts face the door.")
    return {
        "labels": words.labels(
            table=N_("Seating at the table"),
            photo=N_("Group photo"),
            guests=N_("Guests"),
            hosts=N_("Hosts"),
            interpreter=N_("Interpreter"),
            behind=N_("Second row, in this order"),
            door=N_("Door"),
            camera=N_("Camera"),
        )
        | {
            "table-notes": [words.label(where), words.label(_NUMBERED)],
            "photo-notes": [words.label(_PHOTO)],
        },
        "table": {
            "shape": table.shape,
            "left": _row(words, table.left, people),
            "right": _row(words, table.right, people),
        },
        "photo": [
            [{"person": people[id(each.person)], "guest": each.guest, "rank": each.rank} for each in line]
            for line in seating.photo(visit.delegates, visit.hosts, row=rules.photo_row)
        ],
    }


def _row(words: Words, row: seating.Row[Person], people: dict[int, Any]) -> dict[str, Any]:
    return {
        "side": row.side,
        "guests": row.guests,
        "rightwards": row.rightwards,
        "seats": [
            {
                "offset": seat.offset,
                "rank": seat.rank,
                "person": None if seat.person is None else people[id(seat.person)],
                "interpreter": words.own(seat.interpreter),
            }
            for seat in row.seats
        ],
        "behind": [people[id(each)] for each in row.behind],
        "interpreter": words.own(row.interpreter),
    }
