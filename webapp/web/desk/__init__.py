"""The desk: what staff see and do."""

import webapp.web.desk.administration.account
import webapp.web.desk.administration.changes
import webapp.web.desk.administration.faculties
import webapp.web.desk.administration.people
import webapp.web.desk.administration.settings
import webapp.web.desk.administration.settings_previews
import webapp.web.desk.calendar.closures
import webapp.web.desk.calendar.days
import webapp.web.desk.calendar.leave
import webapp.web.desk.calendar.year
import webapp.web.desk.enquiry.letters
import webapp.web.desk.enquiry.linking
import webapp.web.desk.enquiry.referrals
import webapp.web.desk.enquiry.relations
import webapp.web.desk.enquiry.routes
import webapp.web.desk.enquiry.screening
import webapp.web.desk.enquiry.splitting
import webapp.web.desk.enquiry.tags
import webapp.web.desk.letters.canned_replies
import webapp.web.desk.letters.letters
import webapp.web.desk.messages.messages
import webapp.web.desk.networks.editing
import webapp.web.desk.networks.networks
import webapp.web.desk.organisations.contacts
import webapp.web.desk.organisations.merging
import webapp.web.desk.organisations.organisations
import webapp.web.desk.queue.activity
import webapp.web.desk.queue.board
import webapp.web.desk.queue.bulk
import webapp.web.desk.queue.my_day
import webapp.web.desk.queue.queue
import webapp.web.desk.queue.saved_views  # noqa: F401 - its routes
from webapp.web.desk.frame.blueprint import bp

__all__ = ["bp"]
