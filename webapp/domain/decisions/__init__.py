"""What other people decide by a link from an email: whoever answers an enquiry, those who approve it, and the faculties
that it is referred to."""
