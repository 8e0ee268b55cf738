"""The public directory of networks: imported without undoing what staff edited, searched, edited, checked once a year,
and the faculties that enquiries are referred to."""
