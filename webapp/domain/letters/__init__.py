"""Letters and canned replies: their texts, in each language, and the placeholders that are filled in from the
enquiry."""
