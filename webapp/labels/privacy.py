"""Personal data, as the records of processing say it."""

from webapp.i18n import N_
from webapp.vocabulary import Afterwards, DataPurpose, DataReader, DataSubject, KeepingPeriod

DATA_SUBJECT: dict[DataSubject, str] = {
    DataSubject.PARTNER: N_("The person who made the enquiry"),
    DataSubject.CONTACT: N_("Contacts at organisations"),
    DataSubject.COLLEAGUE: N_("Colleagues"),
    DataSubject.ASKED: N_("Approvers and faculties"),
    DataSubject.DELEGATE: N_("Members of delegations"),
}
DATA_PURPOSE: dict[DataPurpose, str] = {
    DataPurpose.ANSWER: N_("To answer the enquiry and prepare what it asks for"),
    DataPurpose.DELIVERY: N_("To deliver emails, and to know that they arrived"),
    DataPurpose.RELATIONS: N_("To remember the university’s relations"),
    DataPurpose.ROUTING: N_("To know who answers"),
    DataPurpose.ACCOUNT: N_("To sign in and work at the desk"),
    DataPurpose.ACCOUNTABILITY: N_("To know who did what"),
    DataPurpose.OWN_RIGHTS: N_("To answer requests about one’s own data"),
    DataPurpose.PROTECTION: N_("To protect the service from misuse"),
    DataPurpose.VISIT: N_("To prepare the visit and receive its guests"),
}
DATA_READER: dict[DataReader, str] = {
    DataReader.OFFICE: N_("the office"),
    DataReader.ANSWERER: N_("who answers for the network"),
    DataReader.ASKED: N_("approvers and faculties that are asked"),
    DataReader.PARTNER: N_("who made the enquiry"),
    DataReader.ADMINISTRATORS: N_("administrators"),
    DataReader.OWNER: N_("the person themselves"),
    DataReader.NO_ONE: N_("no one: the service alone"),
}
KEEPING_PERIOD: dict[KeepingPeriod, str] = {
    KeepingPeriod.ENQUIRY: N_("Until %(months)s months after the enquiry is closed"),
    KeepingPeriod.MESSAGE: N_("%(months)s months, at most as long as the enquiry"),
    KeepingPeriod.CONTACT: N_("Until %(months)s months after the last change, while no enquiry needs it"),
    KeepingPeriod.LEAVE: N_("Until %(months)s months after the last day"),
    KeepingPeriod.DRAFT: N_("7 days after the last change"),
    KeepingPeriod.SESSION: N_("Until the sign-in ends"),
    KeepingPeriod.SIGN_IN: N_("15 minutes"),
    KeepingPeriod.COUNT: N_("Two days at most"),
    KeepingPeriod.LINK_REQUEST: N_("Until the service has looked, at most a day"),
    KeepingPeriod.DATA_REQUEST: N_("90 days after its link has run out"),
    KeepingPeriod.AUDIT: N_("A year; whole addresses 90 days"),
    KeepingPeriod.PERSON: N_(
        "Until %(months)s months after the account is closed, or for as long as something open names the person"
    ),
    KeepingPeriod.RECORD: N_("As long as the record that it belongs to"),
}
# The setting that has the months, where there is one.
KEEPING_MONTHS: dict[KeepingPeriod, str] = {
    KeepingPeriod.ENQUIRY: "keep_enquiries",
    KeepingPeriod.MESSAGE: "keep_messages",
    KeepingPeriod.CONTACT: "keep_contacts",
    KeepingPeriod.LEAVE: "keep_leave",
    KeepingPeriod.PERSON: "keep_colleagues",
}
AFTERWARDS: dict[Afterwards, str] = {
    Afterwards.DELETED: N_("Deleted"),
    Afterwards.EMPTIED: N_("Emptied; the row stays as a figure"),
    Afterwards.REPLACED: N_("A number takes the place of the name: “Former colleague 12”"),
    Afterwards.KEPT: N_("Stays with its record; erased on request"),
}
# What a table of the database holds, for people who look for a name that is written there.
DATA_PLACE: dict[str, str] = {
    "approvals": N_("approvals"),
    "attachments": N_("files"),
    "audit_entries": N_("the audit log"),
    "buckets": N_("counts of limits"),
    "calendar_changes": N_("changes of the calendar"),
    "calendar_days": N_("marked days"),
    "changes": N_("the log of changes"),
    "checklist_items": N_("checklists"),
    "closure_notices": N_("notices of closures"),
    "closures": N_("closures"),
    "contacts": N_("contacts"),
    "data_requests": N_("requests about one’s own data"),
    "delegates": N_("delegations"),
    "drafts": N_("forms that were not sent"),
    "enquiries": N_("enquiries"),
    "enquiry_terms": N_("the index of the search"),
    "events": N_("histories"),
    "faculties": N_("faculties"),
    "leaves": N_("leave"),
    "letter_texts": N_("letters"),
    "link_requests": N_("requests for a link"),
    "links": N_("links"),
    "merges": N_("merged records"),
    "messages": N_("emails"),
    "networks": N_("networks"),
    "organisations": N_("organisations"),
    "passports": N_("passport details"),
    "people": N_("accounts"),
    "referrals": N_("referrals"),
    "reminders": N_("reminders"),
    "saved_views": N_("saved views"),
    "second_factors": N_("second steps"),
    "slot_hosts": N_("those who receive visits"),
    "staff_sessions": N_("sign-ins"),
    "tags": N_("tags"),
    "visit_slots": N_("programmes of visits"),
    "visits": N_("visits"),
    "waiting_sign_ins": N_("sign-ins"),
    "waiting_words": N_("words kept for a sign-in"),
}
