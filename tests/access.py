"""Who may use which address: the table that docs/access.md prints, written by hand, and that a test tries whole."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.vocabulary import Role

LETTERS = {
    "A": Role.ADMINISTRATOR,
    "C": Role.COORDINATOR,
    "L": Role.LIAISON,
    "H": Role.HOST,
    "O": Role.OBSERVER,
    "R": Role.HOST,
}
# One's own enquiry is given to who has these; "R" receives its visitors, and it is another's.
NAMES = {letter: str(role) for letter, role in LETTERS.items()} | {"R": "who receives its visitors alone"}
# Those who see every enquiry.
SEE_ALL = "ACO"


class Scope(StrEnum):
    """Whose objects a row is about."""

    NONE = "nothing in particular"
    ALL = "the office's, the same for all"
    PART = "enquiries of one's part: liaisons see their networks' and what is given to them, hosts this, the others all"
    OWN = "one's own alone"
    QUIET = "one's own alone; with another's nothing happens, and nothing is said of it"
    LEAVE = "one's own; coordinators and administrators everyone's"
    OWNED = "entries that one owns; administrators every one"


@dataclass(frozen=True)
class Row:
    """What some addresses are for, which roles get through, and to whose objects; `GET` and `POST` by endpoint."""

    what: str
    roles: str
    scope: Scope
    get: str = ""
    post: str = ""

    @property
    def routes(self) -> list[tuple[str, str]]:
        return [
            (method, f"desk.{name}")
            for method, names in (("GET", self.get), ("POST", self.post))
            for name in names.split()
        ]


N, ALL, PART = Scope.NONE, Scope.ALL, Scope.PART
ROWS = (
    Row("Queue, board, day, activity, calendar", "ACLHOR", N, "queue board my_day activity calendar keys"),
    Row("One's own account", "ACLHOR", N, "account add_authenticator add_passkey",
        "change_password change_password_there change_language change_shortcuts end_other_sign_ins "
        "add_authenticator add_passkey passkey_options renew_recovery_codes"),
    Row("One's own account: link with single sign-on, end the link", "ACLHOR", N, "found_identity",
        "link_identity unlink_identity"),
    Row("Second step at sign-in: remove one’s own", "ACLHOR", Scope.OWN, "", "remove_second_step"),
    Row("Sign-ins: end one", "ACLHOR", Scope.QUIET, "", "end_sign_in"),
    Row("Views: see them, keep one", "ACLHOR", N, "saved", "save_view"),
    Row("Views: rename, delete", "ACLHOR", Scope.OWN, "", "change_view delete_view"),
    Row("Mentions: put aside", "ACLHOR", Scope.OWN, "", "put_mention_aside"),
    Row("Enquiry: read it, take its files", "ACLHO", PART, "enquiry enquiry_brief attachment"),
    Row("Enquiry: a letter to begin with; nothing is sent", "ACLHO", PART, "", "choose_letter"),
    Row("Enquiry: note, checklist", "ACLH", PART, "", "act change_checklist"),
    Row("Enquiry: write to its partner, with files and copies", "ACL", PART, "", "reply"),
    Row("Enquiry: sort, link, split, merge, refer", "ACL", PART, "split_form",
        "set_priority change_tags link_enquiries split merge_enquiries refer recall_referral remind_faculty"),
    Row("Visit: read", "ACLHOR", PART, "visit"),
    # But the dossier, which shows what delegates eat and need; and who receives has those for hosts alone.
    Row("Visit: its papers; the dossier is not for observers, who receives has programme, name cards and attendance",
        "ACLHOR", PART, "visit_paper"),
    Row("Visit: have its papers made", "ACL", PART, "", "make_papers"),
    Row("Visit: invitation letters, which show passports", "AC", PART, "visit_letters visit_letter",
        "issue_letters withdraw_letter"),
    Row("Visit: its tasks, who has arrived, what came of it", "ACLHO", PART, "visit_tasks arrivals after_visit"),
    Row("Visit: change its tasks, note who has arrived; who receives ticks off own tasks", "ACLH", PART, "",
        "change_tasks note_arrival"),
    Row("Runbook of visits: read", "ACLHOR", ALL, "runbook"),
    Row("Runbook of visits: change", "AC", ALL, "", "change_runbook"),
    Row("Visit: its programme, one's own answer; who is asked for single parts sees those", "ACLHOR", PART,
        "visit_programme slot", "answer_slot"),
    Row("Visit: plan the programme, ask hosts, show it to the partner", "ACL", PART, "",
        "add_slot edit_slot move_slot remove_slot invite_host remove_host use_usual_programme show_programme"),
    Row("Visits on the calendar, one's own private calendars", "ACLHOR", N, "visits_list calendar_feeds",
        "add_calendar_feed"),
    Row("Private calendars: end one", "ACLHOR", Scope.OWN, "", "end_calendar_feed"),
    Row("Visit: plan, confirm, change, postpone, its level", "ACL", PART, "visit_level",
        "choose_level arrange_visit confirm_visit move_visit postpone_visit"),
    Row("Visit: outcome, promises, gifts", "ACL", PART, "", "note_outcome change_promises change_gifts"),
    Row("Visit: read who comes", "ACLHO", PART, "roster"),
    Row("Visit: change who comes, decide about what its partner wants otherwise", "ACL", PART, "roster_delegate",
        "send_roster change_roster decide_roster_change"),
    Row("Visit: what passports of delegates say", "AC", PART, "", "roster_passports_seen"),
    Row("Enquiry: screening, its organisation", "AC", PART, "", "screen link"),
    Row("Enquiry: legal hold", "A", PART, "", "hold"),
    Row("Many enquiries at once; each is checked by itself", "ACLHOR", N, "", "change_many"),
    Row("Emails of enquiries: read", "ACLO", PART, "message message_html"),
    Row("Emails: list of what is undelivered, and of all", "ACLO", N, "outbox all_emails"),
    Row("Emails: send again, set aside", "AC", PART, "", "retry_message set_message_aside"),
    Row("Emails: send all again that failed", "AC", N, "retry_failed", "retry_failed_now"),
    Row("Emails: hold all, release them", "A", N, "held_emails", "hold_emails release_emails"),
    Row("Leave: list, take", "ACLHOR", N, "leaves", "take_leave"),
    Row("Leave: end", "ACLHOR", Scope.LEAVE, "", "end_leave"),
    Row("Calendar: read a closure", "ACLHOR", ALL, "closure"),
    Row("Calendar: days, closures, their notice", "AC", ALL, "new_closure calendar_day",
        "declare_closure mark_day unmark_day send_notice undo_closure"),
    Row("Figures of a period", "ACLO", N, "reports report_file report_paper", "make_report"),
    Row("Rooms, blocked periods, trips of our own", "AC", ALL,
        "rooms new_room room blocked_periods new_blocked_period blocked_period trips new_trip trip",
        "new_room room new_blocked_period blocked_period remove_blocked_period new_trip trip remove_trip"),
    Row("Networks: read", "ACLO", ALL, "networks network"),
    Row("Networks: confirm that an entry is right", "ACL", Scope.OWNED, "", "verify_network"),
    Row("Networks: change, people, owner, delete; their words", "A", ALL,
        "edit_network new_network ask_to_delete_network terms term new_term",
        "edit_network new_network set_people set_owner delete_network term new_term delete_term"),
    Row("Organisations: read", "ACO", ALL, "organisation_list organisation"),
    Row("Organisations and contacts: change, merge", "AC", ALL,
        "new_organisation edit_organisation new_contact contact merge_preview",
        "new_organisation edit_organisation new_contact contact merge_organisations undo_merge"),
    Row("Faculties", "AC", ALL, "faculties faculty new_faculty", "faculty new_faculty"),
    Row("Letters and canned replies: read", "ACL", ALL, "letters letter"),
    Row("Canned replies: word, delete", "AC", ALL, "new_reply edit_reply", "new_reply edit_reply delete_reply"),
    Row("Letters: word", "A", ALL, "", "change_letter"),
    Row("People and accounts", "A", ALL, "people person new_person",
        "person new_person reset_password reset_second_step end_sign_ins_of"),
    Row("Settings", "A", ALL, "office_settings office_part settings_mail settings_page", "change_part"),
    Row("Logo: show, change", "A", ALL, "logo", "change_logo"),
    Row("Privacy notice: word it, publish it", "A", ALL, "privacy_notice", "publish_notice"),
    Row("Personal data: what is asked for, what is kept for how long", "A", ALL,
        "privacy processing_records data_request", "decide_request"),
    Row("Log of changes, audit log", "A", ALL, "changes audit"),
)  # fmt: skip

# What anyone may ask for without an account; a secret in the address opens one enquiry alone.
_PUBLIC = """
public.home public.accessibility public.privacy public.network public.directory_rss public.directory_json public.robots
public.sitemap public.enquiry_new public.enquiry_save public.enquiry_dates public.enquiry_check public.enquiry_rank
public.enquiry_code public.enquiry_back_to_check public.enquiry_another_code
public.verify_letter public.verify_letter_now public.privacy_version
brand.stylesheet brand.icon brand.logo design.components ops.healthz ops.readyz ops.metrics auth.sign_in auth.sign_out
auth.kept_words tracking.lost tracking.send_again mailbox.index mailbox.mail mailbox.html mailbox.raw
second_step.ask second_step.take passkey.options passkey.take
single_sign_on.begin single_sign_on.begin_with_words single_sign_on.come_back
tracking.own_data tracking.ask_own_data forgotten.forgotten forgotten.ask
"""
PUBLIC = frozenset(_PUBLIC.split())
SECRET = {
    "tracking.show": "partner",
    "tracking.file": "partner",
    "tracking.message": "partner",
    "tracking.withdraw": "partner",
    "tracking.withdraw_now": "partner",
    "tracking.new_link": "partner",
    "tracking.entry": "",
    "tracking.programme_file": "",
    # By a link of its own, which opens a list of visits.
    "calendars.feed": "",
    "tracking.dates": "partner",
    "tracking.choose_dates": "partner",
    "tracking.survey": "partner",
    "tracking.answer_survey": "partner",
    "tracking.group": "partner",
    "tracking.change_group": "partner",
    "tracking.confirm": "partner",
    "tracking.roster": "partner",
    "tracking.send_roster": "partner",
    "tracking.roster_delegate": "partner",
    "tracking.change_roster": "partner",
    "tracking.roster_csv": "partner",
    "tracking.roster_xlsx": "partner",
    "decisions.show": "liaison approver faculty host",
    "decisions.decide": "liaison approver faculty host",
    "decisions.file": "liaison approver faculty",
    "decisions.back": "liaison",
    "decisions.come_back": "liaison",
    # By a link of its own, which shows what is kept about an address.
    "tracking.show_own_data": "",
    "tracking.download_own_data": "",
    "tracking.ask_for_erasure": "",
    # By a link of its own, which sets the password of one account.
    "forgotten.set_password": "",
    "forgotten.take_password": "",
}

LINKS = ("partner", "liaison", "approver", "faculty", "host")

# Which roles may take which action of the workflow, on enquiries that they see; the others are refused.
ACTIONS = {
    "note": "ACLH",
    **dict.fromkeys(
        ("review", "ask_approval", "chase_approval", "resume", "mark_spam", "unmark_spam", "convert"), "ACL"
    ),
    **dict.fromkeys(("accept", "ask_partner", "propose_dates", "complete", "decline", "reopen"), "ACL"),
    "reply": "ACL",
    **dict.fromkeys(("assign", "renew_link"), "AC"),
    # By a link alone, or from another page.
    **dict.fromkeys(
        ("consent", "approve", "refuse", "return", "withdraw", "write", "correct_address", "request_link"), ""
    ),
    # On the pages of a visit.
    **dict.fromkeys(("take_dates", "pass_over_dates", "change_group"), ""),
}

# Who reads which field of an enquiry: letters of roles as above, for enquiries that they see; holders of links by name.
FIELDS = {
    "subject": "ACLHOR partner liaison approver faculty host",
    "message": "ACLHO partner liaison approver faculty",
    "name of the contact": "ACLHO partner liaison approver faculty",
    "position of the contact": "ACLHO partner liaison approver faculty",
    "organisation": "ACLHOR partner liaison approver faculty host",
    "email of the contact": "ACLHO partner liaison approver faculty",
    "phone": "ACLHO partner liaison approver faculty",
    "answers of a visit": "ACLHO partner liaison approver faculty",
    "names of files": "ACLHO partner liaison approver faculty",
    "messages of the partner": "ACLHO partner liaison faculty",
    "messages of the office to the partner": "ACLHO partner liaison faculty",
    "notes": "ACLHO",
    "checklist": "ACLHO",
    "tags": "ACLHO",
    "screening": "ACLHO",
    "question to an approver": "ACLHO approver",
    "answer of an approver": "ACLHO",
    "question to a faculty": "ACLHO faculty",
    "finding of a faculty": "ACLHO liaison",
    "notes on the organisation": "ACO",
    "names of delegates": "ACLHOR partner",
    "posts and organisations of delegates": "ACLHOR partner",
    "addresses and journeys of delegates": "ACLHO partner",
    "diet and other needs of delegates": "ACLH partner",
    "passports of delegates": "AC partner",
    "promises and gifts": "ACLHO",
}


def expected(row: Row, letter: str, *, own: bool) -> bool:
    """Return whether someone gets through to an object of their own, or of another's."""
    if letter not in row.roles:
        return False
    if own or row.scope in (Scope.NONE, Scope.ALL):
        return True
    if row.scope is Scope.PART:
        return letter in SEE_ALL
    if row.scope is Scope.LEAVE:
        return letter in "AC"
    return row.scope is Scope.OWNED and letter == "A"
