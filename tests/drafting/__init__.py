"""Drafts of policies, responses and the system description."""
