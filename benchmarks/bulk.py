"""A desk with any number of enquiries, the same each time: written by a few statements of PostgreSQL, in seconds."""
# ruff: noqa: E501 - SQL

from collections.abc import Callable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks import bulk_visits
from webapp.config import Settings
from webapp.domain.accounts import passwords
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.directory import importing, source
from webapp.domain.search.folding import searchable
from webapp.domain.search.index import terms_of
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Network, Person, Tag
from webapp.paths import DATA
from webapp.vocabulary import Role

PASSWORD = "correct horse battery"
READER = "coordinator@example.org"
# All enquiries came within this time, the newest a minute before the desk is looked at.
SPAN = timedelta(days=900)
PEOPLE = 12
# The enquiry with a long history: the newest.
LONG_HISTORY = 200
# So few are open at least, and have a clock that runs; of a small number that is more than one of 50, and of 90.
LEAST_OPEN, LEAST_CLOCKS = 300, 170
# So many of those whose clock runs are alike in all that pages are measured by, and of the closed ones: with them a
# page of each is full, however few enquiries there are.
ALIKE = 40
_FEW = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def fill(session: Session, rows: int, *, now: datetime, settings: Settings) -> None:
    """Write networks, people, tags, and `rows` enquiries with all that belongs to them into an empty database.

    About 2% are open, most of these new, but never fewer than LEAST_OPEN. It commits nothing, and is for PostgreSQL.
    """
    by = Acting(SYSTEM, now, settings)
    importing.import_networks(session, source.load(DATA / "networks.yaml"), by=by)
    _people(session, now)
    session.add_all(Tag(name=f"tag {number}", key=f"tag {number}") for number in range(1, 21))
    session.flush()
    _promises(session, now.date(), settings)
    given = {"rows": rows, "now": now, "step": SPAN / rows, "zone": settings.timezone}
    given |= {"open": max(rows // 50, LEAST_OPEN), "clocks": max(rows // 90, LEAST_CLOCKS), "alike": ALIKE}
    given |= {"promise": settings.promise_working_days, "long": LONG_HISTORY}
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    indexes = session.execute(sa.text(_INDEXES), {"tables": list(_LARGE)}).all()
    for name, _ in indexes:
        session.execute(sa.text(f"DROP INDEX {name}"))
    for statement in _STATEMENTS:
        session.execute(sa.text(statement), given)
    for _, made in indexes:
        session.connection().exec_driver_sql(made)
    # Read by plans before anything else has read them.
    for table in _READ:
        session.execute(sa.text(f"ANALYZE {table}"))
    bulk_visits.fill(session, rows, now=now, timezone=settings.timezone)
    for table in ("enquiries", "events", "messages", "organisations", "contacts"):
        session.execute(sa.text(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}"))


def _people(session: Session, now: datetime) -> None:
    hashed = passwords.hashed(PASSWORD)
    people = [
        Person(
            name=f"Person {number}",
            email=READER if number == 1 else f"colleague-{number}@example.org",
            role=Role.COORDINATOR if number <= 4 else Role.LIAISON,
            password_hash=hashed,
            active=number < PEOPLE,
            created_at=now,
        )
        for number in range(1, PEOPLE + 1)
    ]
    session.add_all(people)
    session.flush()
    for place, network in enumerate(session.scalars(sa.select(Network).order_by(Network.id))):
        network.liaison_id = people[4 + place % 7].id
    session.flush()


def _promises(session: Session, today: date, settings: Settings) -> None:
    """Write down when an answer was due for each day on which something came."""
    calendar = office_calendar.around(session, today, settings=settings)
    first = today - SPAN - timedelta(1)
    days = [first + timedelta(number) for number in range((today - first).days + 2)]
    due = [promise(day, settings.promise_working_days, calendar).due for day in days]
    session.execute(sa.text("CREATE TEMPORARY TABLE dues (day date PRIMARY KEY, due date) ON COMMIT DROP"))
    values = [{"day": day, "due": due_on} for day, due_on in zip(days, due, strict=True)]
    session.execute(sa.text("INSERT INTO dues VALUES (:day, :due)"), values)


def _hash(salt: int, below: int) -> str:
    return f"(hashint8extended(g, {salt}) & 1048575) % {below}"


def _pick(salt: int, *words: str) -> str:
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + {_hash(salt, len(words))}]"


def _written(words: str, how: Callable[[str], str]) -> str:
    """Return the SQL that writes runs of Han in another way."""
    for run in ("合作", "大學", "量子計算"):
        words = f"replace({words}, '{run}', '{how(run)}')"
    return words


def _apart(run: str) -> str:
    return " ".join(sorted(terms_of(run)))


_LETTERS = " || ".join(f"substr('{_FEW}', 1 + ((g / {30**place}) % 30)::int, 1)" for place in range(4))
_COMMON = (
    "sustainability",
    "exchange",
    "合作",
    "agreement",
    "students",
    "research",
    "visit",
    "大學",
    "service",
    "health",
)
_RARE = f"CASE WHEN {_hash(3, 1000)} = 0 THEN 'quasar 量子計算' ELSE '' END || CASE WHEN {_hash(4, 20)} = 0 THEN ' energy' ELSE '' END"
_WORDS = " || ' ' || ".join(
    [
        *(_pick(salt, *_COMMON) for salt in (11, 12, 13)),
        *(f"'w' || {_hash(salt, 4000)}" for salt in (14, 15, 16, 17)),
        _RARE,
    ]
)

# g is 1 for the newest, id is 1 for the oldest; 1 of 50 is open, and the clock runs for half of these. What is alike is
# marked by what page it is of.
_ROWS = f"""
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT g, id, at, reference, organisation,
  CASE alike WHEN 'open' THEN 'received' WHEN 'closed' THEN 'completed' ELSE status END AS status,
  CASE alike WHEN 'open' THEN 'visit' WHEN 'closed' THEN 'collaboration' ELSE kind END AS kind,
  CASE WHEN alike IS NULL THEN network_id ELSE 1 END AS network_id,
  CASE alike WHEN 'open' THEN 1 WHEN 'closed' THEN 2 ELSE assignee_id END AS assignee_id,
  CASE alike WHEN 'open' THEN 1 WHEN 'closed' THEN 3 ELSE priority END AS priority,
  CASE WHEN alike IS NULL THEN words ELSE words || ' quasar 量子計算 energy' END AS words, alike
FROM (SELECT g, (:rows - g + 1)::int AS id, CAST(:now AS timestamptz) - interval '1 minute' - g * CAST(:step AS interval) AS at,
  CASE WHEN g <= :clocks AND g % (:clocks / :alike) = 0 THEN 'open'
       WHEN g > :open AND g % greatest((:rows - :open) / :alike, 1) = 0 THEN 'closed' END AS alike,
  CASE WHEN {_hash(1, 400)} = 0 THEN {_pick(2, "accepted", "scheduled", "awaiting_partner")}
       WHEN {_hash(1, 100)} = 1 THEN 'spam'
       WHEN g > :open THEN (ARRAY['completed', 'completed', 'completed', 'declined', 'declined', 'declined', 'declined',
         'withdrawn', 'completed', 'completed'])[1 + {_hash(2, 10)}]
       WHEN g > :clocks THEN {_pick(2, "accepted", "scheduled", "awaiting_partner", "completed")}
       ELSE {_pick(2, "received", "received", "in_review", "awaiting_approval")} END AS status,
  (ARRAY['visit', 'visit', 'visit', 'collaboration'])[1 + {_hash(5, 4)}] AS kind,
  CASE WHEN {_hash(6, 10)} = 0 THEN NULL ELSE 1 + {_hash(7, 15)} END::int AS network_id,
  CASE WHEN {_hash(8, 5)} < 2 THEN NULL ELSE 1 + {_hash(9, PEOPLE)} END::int AS assignee_id,
  (ARRAY[0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3])[1 + {_hash(10, 20)}] AS priority,
  1 + ((g * 7919) % greatest(:rows / 50, 1))::int AS organisation, {_WORDS} AS words,
  'LD-' || {_LETTERS} || '-7' || substr('{_FEW}', 1 + ((g / 810000) % 30)::int, 1) || substr('{_FEW}', 1 + ({_hash(18, 30)})::int, 1) || '2' AS reference
FROM generate_series(1::bigint, :rows) g) each
"""

_SEARCHED = _written("words", searchable)
_ENQUIRIES = f"""
INSERT INTO enquiries (id, reference, form_hash, kind, asked_as, status, network_id, assignee_id, answerer_id, organisation_id,
  contact_id, language, submitted_at, changed_at, promised_on, due_on, clock_stopped_on, promised_days, pauses, priority,
  partner_wrote_at, contact_name, contact_position, contact_email, address_confirmed_at, phone, organisation,
  organisation_type, country, on_behalf_of, existing_link, subject, message, answers, consent_version, consent_at, search_text, version)
SELECT id, reference, 'form ' || id, kind, kind, status, network_id, assignee_id,
  coalesce((SELECT p.id FROM people p WHERE p.id = assignee_id AND p.active), (SELECT n.liaison_id FROM networks n WHERE n.id = network_id)), organisation,
  organisation, 'en', at, at, due,
  CASE WHEN clock THEN due ELSE date '9999-12-31' END, CASE WHEN clock THEN NULL ELSE at::date END, :promise, '[]'::jsonb, priority,
  CASE WHEN alike = 'open' OR id % 700 = 0 THEN at END, 'Contact ' || organisation, 'Head of Office', 'contact-' || (id % 97) || '@u' || organisation || '.example', at, '',
  'University ' || organisation, 'university', 'DE', '', '', words, words, '{{}}'::jsonb, '1', at,
  'university ' || organisation || E'\\n' || lower(reference) || ' ' || {_SEARCHED} || E'\\n' || {_SEARCHED}, 1
FROM made JOIN dues ON dues.day = (at AT TIME ZONE :zone)::date,
LATERAL (SELECT status IN ('received', 'in_review', 'awaiting_approval') AS clock) c
ORDER BY id
"""

_ORGANISATIONS = """
INSERT INTO organisations (id, name, aliases, domains, country, type, website, partner, agreements, notes, created_at, changed_at,
  sort_name, search_text, version)
SELECT g, 'University ' || g, '[]'::jsonb, jsonb_build_array('u' || g || '.example'), 'DE', 'university', '', g % 10 = 0, '', '', :now, :now,
  'university ' || g, 'university ' || g || ' u' || g || '.example', 1
FROM generate_series(1, greatest(:rows / 50, 1)) g
"""

_KEYS = """
INSERT INTO organisation_keys (organisation_id, kind, value)
SELECT id, kind, CASE kind WHEN 'domain' THEN 'u' || id || '.example' ELSE 'university ' || id END
FROM organisations, (VALUES ('domain'), ('name')) k (kind)
"""

_CONTACTS = """
INSERT INTO contacts (id, organisation_id, name, position, email, phone, created_at, changed_at, version)
SELECT id, id, 'Contact ' || id, 'Head of Office', 'contact@u' || id || '.example', '', :now, :now, 1 FROM organisations
"""

# As `search.index.terms_of` takes the words above apart.
_TERMS = f"""
INSERT INTO enquiry_terms (enquiry_id, terms)
SELECT id, array_to_tsvector(array_remove(string_to_array(
  'university contact u' || organisation || ' ' || {_written("words", _apart)}, ' '), '')) FROM made
"""

_EVENTS = """
INSERT INTO events (enquiry_id, at, kind, action, public, actor_kind, actor_id, actor_name, text, data)
SELECT id, at + place * interval '1 hour', p.kind, p.action, place = 0, CASE place WHEN 0 THEN 'partner' ELSE 'staff' END,
  CASE place WHEN 0 THEN NULL ELSE 1 + (id + place) % 4 END, CASE place WHEN 0 THEN 'Contact' ELSE 'Person ' || 1 + (id + place) % 4 END,
  CASE place WHEN 0 THEN '' ELSE 'A note on what was agreed.' END, CASE place WHEN 0 THEN jsonb_build_object('v', 1, 'held', false) ELSE jsonb_build_object('v', 1) END
FROM made, LATERAL (SELECT place, CASE place WHEN 0 THEN 'submitted' ELSE 'note' END AS kind, CASE place WHEN 0 THEN NULL ELSE 'note' END AS action
  FROM generate_series(0, CASE id WHEN :rows THEN :long - 1 ELSE 1 END) place) p
ORDER BY at, id, place
"""

_LINKS = """
INSERT INTO links (kind, enquiry_id, nonce, token_hash, email, created_at, passed_to)
SELECT 'tracking', id, 'nonce', 'hash ' || id, 'contact-' || (id % 97) || '@u' || organisation || '.example', at, '' FROM made
"""

_MESSAGES = """
INSERT INTO messages (dedupe_key, message_id, kind, enquiry_id, language, recipient_name, recipient_email, subject, text, html, reply_to,
  "references", created_at, queued_at, state, attempts, unanswered, last_error, sent_at, bulk)
SELECT 'receipt:' || id, '<' || id || '@example.org>', 'partner_receipt', id, 'en', 'Contact', 'contact-' || (id % 97) || '@u' || organisation || '.example',
  reference, 'Thank you.', '<p>Thank you.</p>', '', '', at, at, CASE WHEN id % greatest(:rows / 100, 10) = 0 THEN 'failed' ELSE 'sent' END, 1, 0, '', at, false FROM made
"""

_TAGS = f"""
INSERT INTO enquiry_tags (enquiry_id, tag_id)
SELECT id, CASE WHEN alike IS NULL THEN 1 + ({_hash(31, 20)}) * ({_hash(32, 20)}) / 20 ELSE 7 END FROM made WHERE alike IS NOT NULL OR {_hash(30, 5)} = 0
"""

_RELATIONS = """
INSERT INTO relations (enquiry_id, other_id, merged, at) SELECT id, id + 1, id % 1000 = 0, at FROM made WHERE id % 50 = 0 AND id < :rows
"""

_FILES = """
INSERT INTO attachments (enquiry_id, name, media_type, size, sha256, content, added_at, checked_at)
SELECT id, 'plan.pdf', 'application/pdf', 4, 'hash', 'plan', at, at FROM made WHERE id % 30 = 0
"""

_MENTIONS = """
INSERT INTO mentions (event_id, person_id, seen_at)
SELECT id, 1 + id % 4, CASE WHEN id % greatest(:rows / 200, 4) = 0 THEN NULL ELSE at END FROM events WHERE kind = 'note' AND enquiry_id % 50 = 0
"""

# An index that is no key's is made once all rows are there, in half of the time that it would take row by row.
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = ANY(:tables) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""
_LARGE = ("enquiries", "enquiry_terms", "events", "links", "messages")

_STATEMENTS = (
    *(_ROWS, _ORGANISATIONS, _KEYS, _CONTACTS, _ENQUIRIES, _TERMS, _EVENTS, _LINKS, _MESSAGES, _TAGS, _RELATIONS, _FILES, _MENTIONS),
)  # fmt: skip
_READ = (
    *_LARGE,
    *(
        "enquiry_tags",
        "organisations",
        "organisation_keys",
        "contacts",
        "networks",
        "relations",
        "attachments",
        "mentions",
    ),
    *("people", "tags"),
)
