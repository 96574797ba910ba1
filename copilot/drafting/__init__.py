"""Drafting: policies, management responses and the system description, for a person to approve."""
