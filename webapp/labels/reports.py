"""By what figures are grouped."""

from webapp.i18n import N_
from webapp.vocabulary import ReportBy

REPORT_BY: dict[ReportBy, str] = {
    ReportBy.NETWORK: N_("Network"),
    ReportBy.COUNTRY: N_("Country or region"),
    ReportBy.LEVEL: N_("Level of the visit"),
    ReportBy.KIND: N_("Type of enquiry"),
    ReportBy.OUTCOME: N_("What became of it"),
    ReportBy.MONTH: N_("Month"),
}
