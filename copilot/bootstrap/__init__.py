"""Where everything is wired: use cases get their adapters here, and nowhere else.

`Copilot` is one process over one workspace; each other module wires one job on top of it, and `service` a
process that serves many people at once.
"""

from copilot.bootstrap.process import Copilot, load_catalog, prepare_encoder

__all__ = ["Copilot", "load_catalog", "prepare_encoder"]
