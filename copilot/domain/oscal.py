"""What our OSCAL documents have in common."""

from __future__ import annotations

from typing import Final

VERSION: Final = "1.1.2"
NAMESPACE: Final = "urn:soc2-copilot:oscal"
"""Of the properties that are ours."""


def prop(name: str, value: str) -> dict[str, str]:
    """Return a property of ours."""
    return {"name": name, "ns": NAMESPACE, "value": value}
