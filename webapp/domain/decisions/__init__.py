"""What other people decide by a link from an email: the answerer of an enquiry, those who approve it, and the faculties
that it is referred to."""
