"""Every column with personal data: whose they are, what for, who sees them, for how long, and what happens then. What
is in neither table fails a test: name a new column here, or among those that are not personal."""

from dataclasses import dataclass

from webapp.vocabulary import Afterwards, DataPurpose, DataReader, DataSubject, KeepingPeriod

_R = DataReader


@dataclass(frozen=True)
class Keeping:
    """Why and how the data of a column are kept."""

    whose: DataSubject
    purpose: DataPurpose
    readers: tuple[DataReader, ...]
    period: KeepingPeriod
    then: Afterwards


_ALL_CONCERNED = (_R.OFFICE, _R.ANSWERER, _R.ASKED, _R.PARTNER)
_WORDS = Keeping(DataSubject.PARTNER, DataPurpose.ANSWER, _ALL_CONCERNED, KeepingPeriod.ENQUIRY, Afterwards.EMPTIED)
_INTERNAL = Keeping(
    DataSubject.PARTNER, DataPurpose.ANSWER, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.ENQUIRY, Afterwards.EMPTIED
)
_DELEGATE = Keeping(
    DataSubject.DELEGATE,
    DataPurpose.VISIT,
    (_R.OFFICE, _R.ANSWERER, _R.PARTNER),
    KeepingPeriod.ENQUIRY,
    Afterwards.DELETED,
)
_PASSPORT = Keeping(
    DataSubject.DELEGATE, DataPurpose.VISIT, (_R.OFFICE, _R.PARTNER), KeepingPeriod.PASSPORT, Afterwards.DELETED
)
_PREVIEW = Keeping(
    DataSubject.DELEGATE, DataPurpose.VISIT, (_R.PARTNER, _R.OFFICE), KeepingPeriod.PREVIEW, Afterwards.DELETED
)
_TERMS = Keeping(DataSubject.PARTNER, DataPurpose.ANSWER, (_R.NO_ONE,), KeepingPeriod.ENQUIRY, Afterwards.DELETED)
_FILES = Keeping(DataSubject.PARTNER, DataPurpose.ANSWER, _ALL_CONCERNED, KeepingPeriod.ENQUIRY, Afterwards.DELETED)
_ASKED = Keeping(
    DataSubject.ASKED, DataPurpose.ANSWER, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.ENQUIRY, Afterwards.EMPTIED
)
_LINK = Keeping(DataSubject.PARTNER, DataPurpose.DELIVERY, (_R.NO_ONE,), KeepingPeriod.ENQUIRY, Afterwards.EMPTIED)
_DRAFT = Keeping(DataSubject.PARTNER, DataPurpose.ANSWER, (_R.PARTNER,), KeepingPeriod.DRAFT, Afterwards.DELETED)
_MESSAGE = Keeping(
    DataSubject.PARTNER, DataPurpose.DELIVERY, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.MESSAGE, Afterwards.EMPTIED
)
_ADDRESSEE = Keeping(
    DataSubject.PARTNER, DataPurpose.DELIVERY, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.ENQUIRY, Afterwards.EMPTIED
)
_REMINDER = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.DELIVERY, (_R.NO_ONE,), KeepingPeriod.ENQUIRY, Afterwards.DELETED
)
_CONTACT = Keeping(DataSubject.CONTACT, DataPurpose.RELATIONS, (_R.OFFICE,), KeepingPeriod.CONTACT, Afterwards.DELETED)
_ORGANISATION = Keeping(DataSubject.CONTACT, DataPurpose.RELATIONS, (_R.OFFICE,), KeepingPeriod.RECORD, Afterwards.KEPT)
_FACULTY = Keeping(
    DataSubject.ASKED, DataPurpose.ROUTING, (_R.OFFICE, _R.PARTNER), KeepingPeriod.RECORD, Afterwards.KEPT
)
_PERSON = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ROUTING, (_R.OFFICE, _R.ANSWERER, _R.PARTNER), KeepingPeriod.PERSON,
    Afterwards.REPLACED,
)  # fmt: skip
_MAILBOX = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ROUTING, (_R.OFFICE, _R.ANSWERER, _R.PARTNER), KeepingPeriod.RECORD,
    Afterwards.KEPT,
)  # fmt: skip
_SECRET = Keeping(DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.NO_ONE,), KeepingPeriod.PERSON, Afterwards.EMPTIED)
_FACTOR = Keeping(DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.NO_ONE,), KeepingPeriod.PERSON, Afterwards.DELETED)
_OWN = Keeping(DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.OWNER,), KeepingPeriod.PERSON, Afterwards.DELETED)
_SIGN_IN = Keeping(DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.NO_ONE,), KeepingPeriod.SIGN_IN, Afterwards.DELETED)
_SESSION = Keeping(DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.OWNER,), KeepingPeriod.SESSION, Afterwards.DELETED)
_BROWSER = Keeping(
    DataSubject.COLLEAGUE,
    DataPurpose.ACCOUNT,
    (_R.OWNER, _R.ADMINISTRATORS),
    KeepingPeriod.SESSION,
    Afterwards.DELETED,
)
_LEAVE = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ROUTING, (_R.OFFICE, _R.OWNER), KeepingPeriod.LEAVE, Afterwards.DELETED
)
_WHO_DID_IT = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ACCOUNTABILITY, (_R.OFFICE,), KeepingPeriod.PERSON, Afterwards.REPLACED
)
_AUDIT = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ACCOUNTABILITY, (_R.ADMINISTRATORS,), KeepingPeriod.AUDIT, Afterwards.DELETED
)
_CHANGES = Keeping(
    DataSubject.CONTACT, DataPurpose.ACCOUNTABILITY, (_R.ADMINISTRATORS,), KeepingPeriod.RECORD, Afterwards.KEPT
)
_VIEW = Keeping(
    DataSubject.COLLEAGUE, DataPurpose.ACCOUNT, (_R.OWNER, _R.OFFICE), KeepingPeriod.PERSON, Afterwards.DELETED
)
# A hash of an address and of what is counted: who knows the address can find its row.
_COUNTED = Keeping(DataSubject.PARTNER, DataPurpose.PROTECTION, (_R.NO_ONE,), KeepingPeriod.COUNT, Afterwards.DELETED)
_ASKED_FOR = Keeping(
    DataSubject.PARTNER, DataPurpose.DELIVERY, (_R.NO_ONE,), KeepingPeriod.LINK_REQUEST, Afterwards.DELETED
)
_REQUEST = Keeping(
    DataSubject.PARTNER,
    DataPurpose.OWN_RIGHTS,
    (_R.ADMINISTRATORS, _R.OWNER),
    KeepingPeriod.DATA_REQUEST,
    Afterwards.DELETED,
)

_LETTER = Keeping(
    DataSubject.DELEGATE, DataPurpose.VISIT, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.ENQUIRY, Afterwards.EMPTIED
)
_PAPER = Keeping(
    DataSubject.DELEGATE, DataPurpose.VISIT, (_R.OFFICE, _R.ANSWERER), KeepingPeriod.PAPER, Afterwards.DELETED
)


def _columns(*groups: tuple[Keeping, str]) -> dict[str, Keeping]:
    return {name: keeping for keeping, names in groups for name in names.split()}


# By table and column. A table of an enquiry (it has a column `enquiry_id`) is emptied with it by what is said here.
TABLE: dict[str, dict[str, Keeping]] = {
    "approvals": _columns((_ASKED, "name email note"), (_INTERNAL, "question"), (_ASKED, "asked_by")),
    "attachments": _columns((_FILES, "name content sha256")),
    "audit_entries": _columns((_AUDIT, "actor_name subject data address salt network seal")),
    "buckets": _columns((_COUNTED, "key")),
    "calendar_changes": _columns((_WHO_DID_IT, "actor_name")),
    "calendar_days": _columns((_WHO_DID_IT, "edited_by")),
    "changes": _columns((_WHO_DID_IT, "actor_name"), (_CHANGES, "subject_name fields")),
    "checklist_items": _columns((_INTERNAL, "text"), (_INTERNAL, "done_by")),
    "closure_notices": _columns((_WHO_DID_IT, "sent_by")),
    "closures": _columns((_WHO_DID_IT, "declared_by revoked_by")),
    "contacts": _columns((_CONTACT, "name position email phone")),
    "data_requests": _columns((_REQUEST, "email reason decided_by")),
    "delegates": _columns(
        (_DELEGATE, "family_name given_name honorific position academic_title organisation email diet access_needs"),
        (_DELEGATE, "arrival departure vehicle"),
    ),
    "drafts": _columns((_DRAFT, "fields files_gone checked")),
    "enquiries": _columns(
        (_WORDS, "contact_name contact_position contact_email phone organisation on_behalf_of existing_link"),
        (_WORDS, "subject message answers"),
        (_INTERNAL, "search_text hold_reason hold_by"),
    ),
    "enquiry_terms": _columns((_TERMS, "terms")),
    "events": _columns((_INTERNAL, "actor_name text data")),
    "faculties": _columns((_FACULTY, "contact_name email")),
    "invitation_letters": _columns((_LETTER, "name withdrawn_reason")),
    "gifts": _columns((_INTERNAL, "item giver receiver handler whereabouts"), (_INTERNAL, "noted_by")),
    "leaves": _columns((_LEAVE, "person_id starts_on ends_on entered_by")),
    "letter_texts": _columns((_WHO_DID_IT, "changed_by")),
    "links": _columns((_LINK, "email passed_to")),
    "link_requests": _columns((_ASKED_FOR, "email reference")),
    "mail_holds": _columns((_WHO_DID_IT, "held_by")),
    "merges": _columns((_WHO_DID_IT, "actor_name")),
    "messages": _columns(
        (_ADDRESSEE, "recipient_name recipient_email dedupe_key"), (_MESSAGE, "subject text html calendar last_error")
    ),
    "networks": _columns((_MAILBOX, "mailbox"), (_WHO_DID_IT, "verified_by")),
    "organisations": _columns((_ORGANISATION, "agreements notes")),
    "paper_orders": _columns((_PAPER, "facts problems basis")),
    "passports": _columns((_PASSPORT, "nationality gender birth_date name number country expiry")),
    "people": _columns((_PERSON, "name email"), (_SECRET, "password_hash sign_on_issuer sign_on_subject")),
    "promises": _columns((_INTERNAL, "text"), (_INTERNAL, "done_by")),
    "referrals": _columns((_ASKED, "name email note recalled_by referred_by"), (_INTERNAL, "question")),
    "reminders": _columns((_REMINDER, "email")),
    "roster_changes": _columns((_DELEGATE, "after"), (_PASSPORT, "passport")),
    "roster_drafts": _columns((_PREVIEW, "name content choices reading")),
    "saved_forms": _columns((_DRAFT, "email")),
    "saved_views": _columns((_VIEW, "name query")),
    "second_factors": _columns((_FACTOR, "secret credential_id public_key"), (_OWN, "name")),
    "slot_hosts": _columns((_INTERNAL, "note")),
    "staff_sessions": _columns((_SESSION, "kept address"), (_BROWSER, "browser")),
    "surveys": _columns((_INTERNAL, "next_step")),
    "tags": _columns((_INTERNAL, "name key")),
    "trip_members": _columns((_LEAVE, "person_id")),
    "trips": _columns((_LEAVE, "title purpose leaves_on back_on others")),
    "visit_reports": _columns((_INTERNAL, "outcome"), (_INTERNAL, "noted_by")),
    "visit_tasks": _columns((_INTERNAL, "title"), (_INTERNAL, "done_by")),
    "visit_slots": _columns((_INTERNAL, "title purpose place interpreter")),
    "visits": _columns((_INTERNAL, "level_reason")),
    "visit_papers": _columns((_PAPER, "content sha256")),
    "waiting_sign_ins": _columns((_SESSION, "kept")),
    "waiting_words": _columns((_SESSION, "kept")),
}

# Numbers of rows, states, times and words of ours, and what names no one without another row. Secrets' hashes too.
NOT_PERSONAL: dict[str, frozenset[str]] = {
    table: frozenset(names.split())
    for table, names in {
        "account_links": "id nonce token_hash person_id message_id created_at expires_at ended_at",
        "alerts": "id kind since failed told_at held_until",
        "approvals": "id link_id enquiry_id created_at position language asked_at chased_at outcome answered_at "
        "withdrawn_at",
        "attachments": "id draft_id enquiry_id media_type size added_at checked_at finding tried_at",
        "audit_entries": "number at kind actor_kind actor_id request_id previous hash",
        "blocked_periods": "id version name first last hard created_at",
        "buckets": "id level at again_at",
        "calendar_changes": "id day at actor_id before after moved",
        "calendar_feeds": "id nonce token_hash owner_id scope network_id created_at ended_at",
        "calendar_days": "id version day kind name edited_at",
        "canned_replies": "id version name language text changed_at",
        "changes": "id at actor_id subject subject_key version deed",
        "checklist_items": "id enquiry_id done_at",
        "closure_moves": "id closure_id enquiry_id undoing before after",
        "closure_notices": "id closure_id undoing texts messages sent_at",
        "closures": "id version first last reason declared_at revoked_at moving",
        "contacts": "id version organisation_id created_at changed_at",
        "data_requests": "id language nonce token_hash created_at expires_at message_id erasure_asked_at decided_at "
        "outcome",
        "delegates": "id enquiry_id precedence name_order photo_consent invitation_letter arrived_at",
        "drafts": "id form_hash kind language updated_at enquiry_id sent_hash suspect browser_hash has_files saved",
        "enquiries": "id version reference form_hash kind asked_as status network_id assignee_id answerer_id "
        "organisation_id contact_id language submitted_at changed_at promised_on due_on clock_stopped_on "
        "promised_days pauses priority partner_wrote_at organisation_type country consent_version consent_at "
        "hold_since emptied_at address_confirmed_at",
        "enquiry_tags": "enquiry_id tag_id",
        "enquiry_terms": "enquiry_id",
        "events": "id enquiry_id at kind action public actor_kind actor_id",
        "faculties": "id version name language active created_at changed_at",
        "gifts": "id enquiry_id direction day number value currency decision noted_at",
        "holds": "holder of step visit_id",
        "invitation_letters": "id number enquiry_id purpose issued_at issued_by_id valid_until withdrawn_at "
        "withdrawn_by_id",
        "leaves": "id version network_id cover_id entered_at",
        "letter_texts": "id version letter language text changed_at",
        "links": "id kind enquiry_id nonce token_hash person_id created_at expires_at ended_at ended_why asked_by_id "
        "browser_hash",
        "link_requests": "id wanted language at tried_at",
        "mail_holds": "id since reason backup_at queued_until",
        "mentions": "id event_id person_id seen_at",
        "merges": "id kept_id gone_id at actor_id moved undone_at",
        "message_lines": "id message_id enquiry_id link_id",
        "messages": "id message_id kind enquiry_id link_id language reply_to in_reply_to references created_at bulk "
        "queued_at state attempts unanswered next_attempt_at lease fault sent_at set_aside_at",
        "networks": "id version slug position active group acronym name former_names founded founded_by "
        "administered_by supported_by members countries size regions scope summary description activities role "
        "role_note website similar as_of source_url cautions sources imported changed_at owner_id verified_on "
        "liaison_id deputy_id escalation_id languages",
        "office_settings": "id version screening_required screening_lists chosen changed_at",
        "organisation_keys": "id organisation_id kind value",
        "organisation_networks": "organisation_id network_id",
        "organisations": "id version name aliases domains country type website partner created_at changed_at "
        "merged_into_id sort_name search_text",
        "paper_orders": "id enquiry_id name state asked_at due_at tries",
        "passports": "id delegate_id enquiry_id",
        "passkey_challenges": "id challenge expires_at",
        "people": "id version language role role_set_by password_expires_at active shortcuts created_at closed_at "
        "erased_at",
        "promises": "id enquiry_id owner_id due_on done_at",
        "public_version": "id word",
        "recovery_codes": "id person_id mark code_hash",
        "referrals": "id link_id enquiry_id created_at faculty_id language return_by chased_at returned_at finding "
        "ended_at",
        "relations": "id enquiry_id other_id merged at",
        "reminders": "id enquiry_id occasion promised_on told_at",
        "rooms": "id version name building seats active created_at",
        "roster_changes": "id enquiry_id delegate_id kind precedence asked_at state decided_at",
        "roster_drafts": "id enquiry_id person_id sent_at state lines mark",
        "runbook_steps": "id level position title offset required",
        "saved_forms": "id draft_id nonce token_hash message_id created_at expires_at ended_at",
        "saved_views": "id version owner_id shared created_at",
        "second_factors": "id person_id kind counter created_at used_at",
        "slot_hosts": "id slot_id enquiry_id person_id link_id answer entered instead_of_id invited_at answered_at "
        "reminded_at",
        "staff_sessions": "id token_hash person_id created_at expires_at seen_at asked_at by_provider second_step",
        "surveys": "id enquiry_id aims organisation right_people photos answered_at",
        "tags": "id",
        "untold": "id enquiry_id event_id due_at",
        "logos": "name content added_at",
        "privacy_notices": "id version text published_at",
        "removed_networks": "slug removed_at",
        "terms": "id version kind tag label position imported",
        "trip_members": "trip_id position",
        "trip_stops": "trip_id position place country first_day last_day timezone host host_key",
        "trips": "id version reported_on created_at",
        "visit_options": "id visit_id first_day last_day state offered_at answered_at",
        "visit_reports": "id enquiry_id held_on agreements changed_at follow_up_on",
        "visit_tasks": "id enquiry_id offset due_on owner_id required done_at",
        "visit_papers": "id enquiry_id name version made_at",
        "visit_slots": "id version visit_id enquiry_id starts_at ends_at room_id languages quorum position uid "
        "sequence changed_at",
        "visits": "id version enquiry_id state mode first_day last_day starts_at ends_at timezone room_id venue "
        "host_id guests level with_flags shows_programme uid sequence created_at changed_at confirmed_at cancelled_at",
        "waiting_sign_ins": "id token_hash person_id expires_at tries",
        "waiting_words": "id token_hash at",
    }.items()
}
