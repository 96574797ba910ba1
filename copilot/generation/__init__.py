"""Prose from a language model that may only say what the sources say."""
