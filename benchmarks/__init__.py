"""Measurements of the product; each module is a command: `python -m benchmarks.NAME`."""
