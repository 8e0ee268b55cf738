"""The life of an enquiry: its form is kept and submitted, staff load it with a lock and act by the workflow table, it
is assigned, related, converted, split, screened and tracked."""
