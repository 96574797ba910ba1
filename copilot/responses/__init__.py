"""Responses: what management says to an auditor's finding, for a person to approve."""
