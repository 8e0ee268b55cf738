"""Who wanted days that are free now: those who wait or were declined, in the order in which they should hear."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tests.domain.visits import at, make_visit
from tests.factories import VISIT_ANSWERS, acting, make_enquiry, make_person
from webapp.config import Settings
from webapp.domain.security.permissions import staff
from webapp.domain.visits import freed
from webapp.vocabulary import Kind, Role, Status, VisitState

Write = Callable[[Callable[[Session], Any]], Any]
FIRST, LAST = date(2027, 3, 9), date(2027, 3, 10)


def test_those_who_wanted_the_days_are_found_in_their_order(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        def ask(name: str, status: Status, *windows: tuple[str, str, int], **more: Any) -> Any:
            given = [{"start": start, "end": end, "flex": flex} for start, end, flex in windows]
            answers = {**VISIT_ANSWERS, "windows": given}
            return make_enquiry(session, settings, status=status, organisation=name, answers=answers, **more)

        free = ("2027-03-08", "2027-03-09", 0)
        ask("Declined", Status.DECLINED, ("2027-01-05", "2027-01-06", 0), free)
        ask("Waiting", Status.AWAITING_PARTNER, ("2027-03-12", "2027-03-12", 2))
        ask("Accepted", Status.ACCEPTED, ("2027-03-10", "2027-03-20", 0))
        ask("Too late", Status.RECEIVED, ("2027-03-11", "2027-03-12", 0))
        ask("Too early", Status.RECEIVED, ("2027-03-01", "2027-03-08", 0))
        ask("Withdrew", Status.WITHDRAWN, free)
        ask("Spam", Status.SPAM, free)
        ask("Dateless", Status.RECEIVED)
        ask("A question", Status.RECEIVED, free, kind=Kind.QUESTION)
        has_one = make_visit(session, settings, organisation="Has one", **at(FIRST, "10:00-11:00"))
        gave_back = make_visit(session, settings, organisation="Gave back", state=VisitState.CANCELLED)
        session.flush()

        def names(first: date = FIRST, last: date = LAST, **more: Any) -> list[str]:
            by = acting(settings=settings, **more)
            found = freed.waiting_for(session, first, last, by=by, besides=gave_back.enquiry_id)
            return [ask.organisation for ask in found]

        assert names() == ["Accepted", "Waiting", "Declined"]
        [accepted, waiting, declined] = freed.waiting_for(
            session, FIRST, LAST, by=acting(settings=settings), besides=gave_back.enquiry_id
        )
        assert (accepted.first_day, accepted.last_day) == (LAST, LAST)
        assert (waiting.first_day, declined.last_day) == (LAST, FIRST)
        assert names(date(2020, 1, 1), date(2020, 1, 2)) == []
        host = make_person(session, role=Role.HOST)
        assert names(actor=staff(host)) == [], "a host sees only what is theirs"
        has_one.state = VisitState.CANCELLED
        session.flush()
        assert names() == ["Has one", "Accepted", "Waiting", "Declined"], "the newest first among equals"

    write(run)
