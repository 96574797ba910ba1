"""A SOC 2 compliance copilot: cited answers, drafts and mappings that a person approves."""

__version__ = "0.1.0"
