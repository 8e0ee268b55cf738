"""Organisations and contacts: the list, records with their enquiries, their forms, and merging."""
