"""Checking: what an existing policy leaves out, contradicts, promises without a record."""
