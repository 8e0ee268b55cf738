"""Where each person sits or is in a photo: pure functions over people in order of precedence. Rules name their source
by its key in docs/papers.md; where sources contradict each other, the office's setting decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from webapp.vocabulary import InterpreterSeat, TableShape

Someone = TypeVar("Someone")
Side = Literal["left", "right"]


@dataclass(frozen=True)
class Seat(Generic[Someone]):
    """A seat of one side: `offset` counts seats from the principal's, to the principal's own right above zero.

    `person` is None for an interpreter, whose name is `interpreter`.
    """

    offset: int
    person: Someone | None
    rank: int = 0
    interpreter: str = ""


@dataclass(frozen=True)
class Row(Generic[Someone]):
    """One side of the table. `behind` sit in a second row, in their order; so does `interpreter` where it is set.

    `rightwards` says whether the principal's right is towards the foot (+1) or the head (-1) of the drawing.
    """

    side: Side
    guests: bool
    rightwards: Literal[1, -1]
    seats: tuple[Seat[Someone], ...]
    behind: tuple[Someone, ...] = ()
    interpreter: str = ""


@dataclass(frozen=True)
class Table(Generic[Someone]):
    """A table drawn upright, with the door at its right for a long side, at its foot for an end."""

    shape: TableShape
    left: Row[Someone]
    right: Row[Someone]


def offsets(count: int, taken: frozenset[int] = frozenset()) -> Iterator[int]:
    """Yield the seats of a side by rank: the middle, then right, left, right of the principal [SJT], the nearest first.

    Taken ones are skipped.
    """
    given, step = 0, 0
    while given < count:
        for offset in (step, -step) if step else (0,):
            if offset not in taken and given < count:
                given += 1
                yield offset
        step += 1


def side_of(
    people: Sequence[Someone], *, interpreter: str = "", seat: InterpreterSeat = InterpreterSeat.BEHIND, most: int = 15
) -> tuple[tuple[Seat[Someone], ...], tuple[Someone, ...]]:
    """Return one side's seats, as its principal sees them from one end to the other, and who has none at the table."""
    # Right of the principal [LN], or left or behind [DXB]: where the interpreter sits no one else does.
    beside = {InterpreterSeat.RIGHT: 1, InterpreterSeat.LEFT: -1}.get(seat) if interpreter else None
    at_table = people[:most]
    ranked = enumerate(offsets(len(at_table), frozenset({beside} if beside else ())))
    seats = [Seat(offset, at_table[rank], rank + 1) for rank, offset in ranked]
    if beside:
        seats.append(Seat(beside, None, interpreter=interpreter))
    return tuple(sorted(seats, key=lambda each: each.offset)), tuple(people[most:])


def table(
    guests: Sequence[Someone],
    hosts: Sequence[Someone],
    *,
    shape: TableShape = TableShape.LONG_SIDE,
    host_faces_door: bool = False,
    interpreter_seat: InterpreterSeat = InterpreterSeat.BEHIND,
    guest_interpreter: str = "",
    host_interpreter: str = "",
    most: int = 15,
) -> Table[Someone]:
    """Return both sides of a meeting table, the two principals opposite each other.

    A long side to the door: guests face it and hosts have their backs to it [SJT]; `host_faces_door` turns that round
    [HIC]. An end to the door: guests sit on the right as one enters [SJT], whatever that setting says.
    """
    if shape is TableShape.LONG_SIDE:
        # The door is at the right of the drawing: who sits at its left faces it.
        guests_at: Side = "right" if host_faces_door else "left"
    else:
        # The door is at the foot: who enters looks up, and has the right of the drawing at the right hand.
        guests_at = "right"
    rows: dict[Side, Row[Someone]] = {}
    for is_guests, people, interpreter in ((True, guests, guest_interpreter), (False, hosts, host_interpreter)):
        at: Side = guests_at if is_guests else ("left" if guests_at == "right" else "right")
        seats, behind = side_of(people, interpreter=interpreter, seat=interpreter_seat, most=most)
        # Who sits at the left looks to the right of the drawing: their right hand is towards its foot.
        rightwards: Literal[1, -1] = 1 if at == "left" else -1
        alone = interpreter if interpreter_seat is InterpreterSeat.BEHIND else ""
        rows[at] = Row(at, is_guests, rightwards, seats, behind, alone)
    return Table(shape, rows["left"], rows["right"])


@dataclass(frozen=True)
class Standing(Generic[Someone]):
    """A place in the photo; `rank` is the place within the own side."""

    person: Someone
    guest: bool
    rank: int


def photo(
    guests: Sequence[Someone], hosts: Sequence[Someone], *, row: int = 9
) -> tuple[tuple[Standing[Someone], ...], ...]:
    """Return the rows of a photo, the front one first, each from left to right as the camera sees it.

    The host is in the middle, the chief guest at the host's right hand, and sides alternate from there [WAW]: along
    a row a guest is beside a host for as long as there are both. A row holds at most `row` people, made odd so that
    it has a middle.
    """
    width = max(row - 1 + row % 2, 1)
    left = [Standing(each, True, rank) for rank, each in enumerate(guests, start=1)]
    right = [Standing(each, False, rank) for rank, each in enumerate(hosts, start=1)]
    rows = []
    while left or right:
        count = min(width, len(left) + len(right))
        placed: dict[int, Standing[Someone]] = {}
        for offset in offsets(count):
            # From the middle outwards pairs are of guests and hosts in turn, so that neighbours are of both sides.
            wanted, other = (left, right) if offset % 2 else (right, left)
            placed[offset] = (wanted or other).pop(0)
        # The camera has the host's right hand at its left.
        rows.append(tuple(placed[offset] for offset in sorted(placed, reverse=True)))
    return tuple(rows)
