"""Text as people type it, made comparable, and the text by which enquiries are found."""
