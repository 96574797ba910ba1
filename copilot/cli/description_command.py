"""`copilot draft description`: the section of the report that management writes about its system."""

from __future__ import annotations

from copilot import bootstrap, config
from copilot.bootstrap import description as bootstrap_description
from copilot.bootstrap import drafting
from copilot.cli.console import working
from copilot.cli.draft_command import Force, Out, deliver
from copilot.cli.options import As, AsJson


def description(
    out: Out = None, force: Force = False, as_json: AsJson = False, principal: As = None
) -> None:
    """Draft the system description from the company's profile, its inventory and its records."""
    if out is not None:
        drafting.check_target(out, replace=force)
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        drafter = copilot.principal(principal)
        with working("Drafting"):
            draft = bootstrap_description.draft_description(copilot, principal=drafter)
        deliver(copilot, draft, drafter, out=out, force=force, as_json=as_json)
