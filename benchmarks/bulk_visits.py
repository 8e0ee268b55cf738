"""Visits of some of the enquiries that `benchmarks.bulk` writes, with all that belongs to them, by a few statements."""
# ruff: noqa: E501 - SQL

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

# No university receives more in five years.
MOST = 25_000
# The largest one is that of the newest enquiry about a visit.
DELEGATES, SLOTS = 500, 30
ROOMS = 20


def fill(session: Session, rows: int, *, now: datetime, timezone: str) -> None:
    """Write visits of the newest enquiries about one, from four years ago to half a year ahead. It commits nothing."""
    given = {
        "visits": min(rows // 4, MOST),
        "now": now,
        "zone": timezone,
        "delegates": DELEGATES,
        "slots": SLOTS,
        "rooms": ROOMS,
    }
    for statement in (*_STATEMENTS, *_analysed()):
        session.execute(sa.text(statement), {name: value for name, value in given.items() if f":{name}" in statement})
    for table in _TABLES:
        if table not in ("holds", "trip_members", "trip_stops"):
            session.execute(sa.text(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}"))


# n is 1 for the newest enquiry, whose visit is half a year ahead; each fourth day of a visit is its second.
_MADE = """
CREATE TEMPORARY TABLE received ON COMMIT DROP AS
SELECT n::int AS n, id AS enquiry_id, day, day + (n % 4 = 0)::int AS last,
  (day + time '09:00') AT TIME ZONE :zone AS starts, (day + (n % 4 = 0)::int + time '16:00') AT TIME ZONE :zone AS ends,
  CASE WHEN n % 20 = 7 THEN 'cancelled' WHEN n % 20 = 9 THEN 'arranging' WHEN n % 20 = 11 THEN 'tentative' ELSE 'confirmed' END AS state
FROM (SELECT n, id, (CAST(:now AS timestamptz) AT TIME ZONE :zone)::date + 180 - (n * 1600 / :visits)::int AS day
  FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM enquiries WHERE kind = 'visit' ORDER BY id DESC LIMIT :visits) newest) dated
"""

_ROOM = """
INSERT INTO rooms (id, name, building, seats, active, created_at, version)
SELECT g, jsonb_build_object('en', 'Room ' || g), jsonb_build_object('en', 'Building ' || g % 3), 20 + g, true, :now, 1 FROM generate_series(1, :rooms) g
"""

_VISITS = """
INSERT INTO visits (id, enquiry_id, state, mode, first_day, last_day, starts_at, ends_at, timezone, room_id, venue, host_id, guests, level,
  level_reason, with_flags, uid, sequence, shows_programme, created_at, changed_at, confirmed_at, cancelled_at, version)
SELECT n, enquiry_id, state, 'in_person', CASE WHEN state <> 'arranging' THEN day END, CASE WHEN state <> 'arranging' THEN last END,
  CASE WHEN state <> 'arranging' THEN starts END, CASE WHEN state <> 'arranging' THEN ends END, :zone, CASE WHEN state <> 'arranging' THEN 1 + n % :rooms END,
  '', 1 + n % 11, 6, 'c', '', true, 'visit-' || n, 1, n % 2 = 0, :now, :now, CASE WHEN state = 'confirmed' THEN :now END,
  CASE WHEN state = 'cancelled' THEN :now END, 1 FROM received
"""

_OPTIONS = """
INSERT INTO visit_options (visit_id, first_day, last_day, state, offered_at)
SELECT n, day + place, last + place, CASE WHEN state = 'arranging' THEN 'offered' WHEN place = 0 THEN 'taken' ELSE 'passed_over' END, :now
FROM received, generate_series(0, 1) place
"""

_SLOTS = """
INSERT INTO visit_slots (id, visit_id, enquiry_id, starts_at, ends_at, title, purpose, room_id, place, languages, interpreter, quorum, position,
  uid, sequence, changed_at, version)
SELECT row_number() OVER (ORDER BY n, place), n, enquiry_id, starts + place * interval '30 minutes', starts + (place + 1) * interval '30 minutes',
  jsonb_build_object('en', 'Meeting ' || place), '{}'::jsonb, 1 + n % :rooms, '', '', '', 1, place, 'slot-' || n || '-' || place, 1, :now, 1
FROM received, generate_series(0, CASE n WHEN 1 THEN :slots - 1 ELSE 1 END) place
"""

_HOSTS = """
INSERT INTO slot_hosts (slot_id, enquiry_id, person_id, answer, note, entered, invited_at)
SELECT id, enquiry_id, 1 + id % 11, CASE id % 3 WHEN 0 THEN 'none' ELSE 'yes' END, '', false, :now FROM visit_slots
"""

_DELEGATES = """
INSERT INTO delegates (enquiry_id, precedence, family_name, given_name, name_order, honorific, position, academic_title, organisation, email,
  diet, access_needs, arrival, departure, vehicle, invitation_letter)
SELECT enquiry_id, place, 'Family ' || place, 'Given ' || n, 'given_first', '', 'Professor', '', 'University', '', '', '', '', '', '', false
FROM received, generate_series(1, CASE n WHEN 1 THEN :delegates ELSE 4 END) place
"""

_TASKS = """
INSERT INTO visit_tasks (enquiry_id, title, "offset", due_on, owner_id, required, done_at, done_by)
SELECT enquiry_id, jsonb_build_object('en', 'Task ' || place), -7 * place, day - 7 * place, 1 + n % 11, place = 1,
  CASE WHEN day < CAST(:now AS date) THEN :now END, '' FROM received, generate_series(1, 4) place
"""

_PROMISES = """
INSERT INTO promises (enquiry_id, text, owner_id, due_on, done_at, done_by)
SELECT enquiry_id, 'A promise.', 1 + n % 11, day + 30, CASE WHEN day + 60 < CAST(:now AS date) THEN :now END, '' FROM received WHERE state = 'confirmed'
"""

_REPORTS = """
INSERT INTO visit_reports (enquiry_id, outcome, held_on, noted_by, changed_at, follow_up_on)
SELECT enquiry_id, 'Went well.', day, 'Person 1', :now, NULL FROM received WHERE state = 'confirmed' AND day < CAST(:now AS date)
"""

_GIFTS = """
INSERT INTO gifts (enquiry_id, direction, day, item, number, currency, giver, receiver, handler, whereabouts, noted_by, noted_at)
SELECT enquiry_id, 'given', day, 'Book', 1, '', 'Person 1', 'Contact', '', '', 'Person 1', :now FROM received WHERE n % 3 = 0
"""

_PAPERS = """
INSERT INTO paper_orders (enquiry_id, name, state, asked_at, tries, facts, problems, basis)
SELECT enquiry_id, 'programme', 'made', :now, 1, '{}'::jsonb, '[]'::jsonb, '' FROM received
"""

_LETTERS = """
INSERT INTO invitation_letters (number, enquiry_id, purpose, name, issued_at, valid_until, withdrawn_reason)
SELECT 'IL-' || n, enquiry_id, 'hk_official', 'Family', :now, day + 30, '' FROM received WHERE n % 2 = 0
"""

_PASSPORTS = """
INSERT INTO passports (delegate_id, enquiry_id, nationality, gender, name, number, country)
SELECT d.id, d.enquiry_id, 'DE', '', 'NAME', 'N' || d.id, 'DE' FROM delegates d JOIN received USING (enquiry_id) WHERE day > CAST(:now AS date)
"""

_MADE_PAPERS = """
INSERT INTO visit_papers (enquiry_id, name, version, sha256, content, made_at) SELECT enquiry_id, 'programme', 1, '', 'paper', :now FROM received
"""

_SURVEYS = """
INSERT INTO surveys (enquiry_id, aims, organisation, right_people, photos, next_step, answered_at)
SELECT enquiry_id, 5, 5, true, true, '', :now FROM received WHERE state = 'confirmed' AND day < CAST(:now AS date)
"""

_HOLDS = """
INSERT INTO holds (holder, of, step, visit_id)
SELECT 'room', room_id, step, min(id) FROM visits, LATERAL generate_series(extract(epoch FROM starts_at)::int / 1800, extract(epoch FROM ends_at)::int / 1800 - 1) step
WHERE state IN ('tentative', 'confirmed') AND last_day >= CAST(:now AS date) GROUP BY room_id, step
"""

_TRIPS = """
INSERT INTO trips (id, title, purpose, leaves_on, back_on, others, created_at, version)
SELECT g, 'Trip ' || g, '', CAST(:now AS date) + 180 - 4 * g, CAST(:now AS date) + 184 - 4 * g, '', :now, 1 FROM generate_series(1, 1000) g
"""

_MEMBERS = """
INSERT INTO trip_members (trip_id, person_id, position) SELECT id, 1 + id % 11, 0 FROM trips
"""

_STATEMENTS = (_MADE, _ROOM, _VISITS, _OPTIONS, _SLOTS, _HOSTS, _DELEGATES, _TASKS, _PROMISES, _REPORTS, _GIFTS, _PAPERS, _LETTERS, _PASSPORTS, _MADE_PAPERS, _SURVEYS, _HOLDS, _TRIPS, _MEMBERS)  # fmt: skip
_TABLES = ("rooms", "visits", "visit_options", "visit_slots", "slot_hosts", "delegates", "visit_tasks", "promises", "visit_reports", "gifts",
           "paper_orders", "invitation_letters", "passports", "visit_papers", "surveys", "holds", "trips", "trip_members")  # fmt: skip


def _analysed() -> tuple[str, ...]:
    return tuple(f"ANALYZE {table}" for table in _TABLES)
