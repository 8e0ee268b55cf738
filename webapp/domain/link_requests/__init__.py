"""Links that people ask for by an address: to their enquiry, to a new password, to what is kept of them. A page keeps
the request without looking, so that it takes the same time for everyone; the worker looks."""
