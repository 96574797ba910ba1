"""What an examination of the language models finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.health import Finding, Health

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.calls import Call
    from copilot.domain.prompting import ModelCheck
    from copilot.errors import CopilotError


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenModels:
    """What was seen of the models, the prompts and the calls, before it is judged."""

    checks: Sequence[tuple[str, ModelCheck | CopilotError]] = ()
    """For each setting that names a model, what a small call showed, or why there could be none."""
    prompt_problem: CopilotError | None = None
    own_prompts: Sequence[str] = ()
    """The workspace's prompts that replace one of the product's."""
    unused_prompts: Sequence[str] = ()
    """Files among the workspace's prompts that replace none."""
    calls: Sequence[Call] = ()
    """The calls of the last 30 days."""


def examine_models(seen: SeenModels) -> Iterator[Finding]:
    """Yield a finding for everything that was looked at, good news as well."""
    if not seen.checks:
        yield Finding(what="language model", health=Health.GOOD, said="none; answers are composed")
    for setting, check in seen.checks:
        what = "language model" if setting == "model" else setting
        if isinstance(check, Exception):
            yield Finding(what=what, health=Health.BROKEN, said=str(check), hint=check.hint)
        else:
            yield _check(what, check)
    if seen.prompt_problem is not None:
        problem = seen.prompt_problem
        yield Finding(what="prompts", health=Health.BROKEN, said=str(problem), hint=problem.hint)
    elif seen.own_prompts:
        said = f"the workspace's own: {', '.join(seen.own_prompts)}"
        yield Finding(what="prompts", health=Health.GOOD, said=said)
    if seen.unused_prompts:
        yield Finding(
            what="prompts",
            health=Health.NOTE,
            said="files in prompts/ that replace none of the product's prompts",
            details=tuple(f"prompts/{name}.md" for name in seen.unused_prompts),
        )
    if seen.calls:
        yield _calls(seen.calls)


def _check(what: str, check: ModelCheck) -> Finding:
    if check.problem is not None:
        hint = check.problem.hint or "Until it works, answers are composed without it."
        said = f"{check.name}: {check.problem}"
        return Finding(what=what, health=Health.BROKEN, said=said, hint=hint)
    where = "on another machine" if check.remote else "on this machine"
    said = f"{check.name}, {where}, answers in {check.seconds:.1f} s by {check.structured}"
    health = Health.NOTE if check.note else Health.GOOD
    return Finding(what=what, health=health, said=said, hint=check.note)


def _calls(calls: Sequence[Call]) -> Finding:
    failures = Counter(one.failure for one in calls if one.failure)
    read = sum(one.prompt_tokens or 0 for one in calls)
    wrote = sum(one.completion_tokens or 0 for one in calls)
    costs = [one.cost_usd for one in calls if one.cost_usd is not None]
    cost = f", {sum(costs):.2f} USD" if costs else ""
    said = f"{len(calls):,} in 30 days, {read:,} tokens read and {wrote:,} written{cost}"
    details = tuple(f"{count:,} failed: {name}" for name, count in failures.most_common())
    return Finding(what="calls of models", health=Health.GOOD, said=said, details=details)
