"""What administrators keep: settings, people and faculties, the log of changes and the audit log; and each person's own
account."""

from webapp.web.desk.administration import (  # noqa: F401 - their routes
    account,
    audit,
    changes,
    faculties,
    identity,
    logo,
    passkeys,
    people,
    privacy,
    privacy_notice,
    settings,
    settings_previews,
    sign_ins,
)
