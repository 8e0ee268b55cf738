"""Where people sit, and where in a photo, as a table of cases: G1 is the chief guest, H1 the host."""

from itertools import pairwise

import pytest

from webapp.documents import seating
from webapp.vocabulary import InterpreterSeat, TableShape


def people(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, count + 1)]


def along(row: seating.Row[str]) -> str:
    """Return a side from the head of the drawing to its foot."""
    seats = sorted(row.seats, key=lambda seat: seat.offset * row.rightwards)
    return " ".join(seat.person or f"({seat.interpreter})" for seat in seats)


# Shape, whether the host faces the door, guests, hosts, and what is drawn at the left and at the right, downwards.
TABLES = [
    # Guests sit at the left and face the door at the right; their right hand is towards the foot.
    (TableShape.LONG_SIDE, False, 5, 5, "G5 G3 G1 G2 G4", "H4 H2 H1 H3 H5"),
    (TableShape.LONG_SIDE, False, 4, 1, "G3 G1 G2 G4", "H1"),
    (TableShape.LONG_SIDE, False, 1, 2, "G1", "H2 H1"),
    (TableShape.LONG_SIDE, True, 3, 3, "H3 H1 H2", "G2 G1 G3"),
    # Guests at the right as one enters from the foot; which side faces a door at a long side does not matter.
    (TableShape.END, False, 3, 3, "H3 H1 H2", "G2 G1 G3"),
    (TableShape.END, True, 3, 3, "H3 H1 H2", "G2 G1 G3"),
    (TableShape.END, False, 0, 0, "", ""),
]


@pytest.mark.parametrize(("shape", "turned", "guests", "hosts", "left", "right"), TABLES)
def test_table(shape: TableShape, turned: bool, guests: int, hosts: int, left: str, right: str) -> None:
    seated = seating.table(people("G", guests), people("H", hosts), shape=shape, host_faces_door=turned)
    assert (along(seated.left), along(seated.right)) == (left, right)
    assert seated.left.guests is not seated.right.guests


def test_principals_sit_opposite_each_other_however_many_there_are() -> None:
    for guests, hosts in ((1, 9), (8, 3), (15, 15), (2, 2)):
        seated = seating.table(people("G", guests), people("H", hosts))
        assert [seat.rank for row in (seated.left, seated.right) for seat in row.seats if seat.offset == 0] == [1, 1]


INTERPRETERS = [
    (InterpreterSeat.RIGHT, "G4 G2 G1 (I) G3", ""),
    (InterpreterSeat.LEFT, "G4 (I) G1 G2 G3", ""),
    (InterpreterSeat.BEHIND, "G3 G1 G2 G4", "I"),
]


@pytest.mark.parametrize(("seat", "along_side", "behind"), INTERPRETERS)
def test_interpreter(seat: InterpreterSeat, along_side: str, behind: str) -> None:
    seated = seating.table(people("G", 4), people("H", 1), guest_interpreter="I", interpreter_seat=seat)
    assert (along(seated.left), seated.left.interpreter) == (along_side, behind)
    assert along(seated.right) == "H1"


def test_who_has_no_seat_at_the_table_sits_behind_in_order() -> None:
    seated = seating.table(people("G", 6), people("H", 2), most=4)
    assert along(seated.left) == "G3 G1 G2 G4"
    assert seated.left.behind == ("G5", "G6")


# Guests, hosts, how wide a row is, and the rows as the camera sees them: the host's right hand is at its left.
PHOTOS = [
    (3, 3, 9, ["G3 H2 G1 H1 G2 H3"]),
    (2, 3, 9, ["H2 G1 H1 G2 H3"]),
    (1, 1, 9, ["G1 H1"]),
    (4, 1, 9, ["G3 G1 H1 G2 G4"]),
    (0, 2, 9, ["H2 H1"]),
    (4, 4, 4, ["G1 H1 G2", "G3 H2 G4", "H4 H3"]),
    (0, 0, 9, []),
]


@pytest.mark.parametrize(("guests", "hosts", "row", "rows"), PHOTOS)
def test_photo(guests: int, hosts: int, row: int, rows: list[str]) -> None:
    standing = seating.photo(people("G", guests), people("H", hosts), row=row)
    assert [" ".join(each.person for each in line) for line in standing] == rows


def test_everyone_stands_once_and_each_beside_the_other_side() -> None:
    (front, *_) = seating.photo(people("G", 8), people("H", 9), row=17)
    assert sorted(each.person for each in front) == sorted(people("G", 8) + people("H", 9))
    assert all(one.guest is not other.guest for one, other in pairwise(front))
    middle = len(front) // 2
    assert (front[middle].person, front[middle - 1].person, front[middle + 1].person) == ("H1", "G1", "G2")
