"""Suggest which criteria a control serves, and say why."""
