"""The readiness report as one HTML file: no script, nothing from anywhere else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from copilot.domain.criteria import Category
from copilot.domain.periods import label
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.heat_map import COLOURS, heat_map
from copilot.readiness.scoring import FORMULA
from copilot.readiness.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from copilot.domain.documents import Source
    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage
    from copilot.readiness.tasks import Task

_STYLE: Final = """
:root{color-scheme:light dark;--line:#d5d8de;--soft:#f5f6f8}
@media(prefers-color-scheme:dark){:root{--line:#3a3f4a;--soft:#1d2128}body{background:#14171c;color:#e8eaee}}
body{font:16px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}
h1{margin:0 0 .2rem;font-size:1.7rem}h2{margin:2.4rem 0 .6rem;font-size:1.25rem}
.lead{color:color-mix(in srgb,currentColor 70%,transparent);margin:0 0 1.4rem}
.scores{display:flex;flex-wrap:wrap;gap:1rem;margin:1.2rem 0}
.score{border:1px solid var(--line);border-radius:10px;padding:.7rem 1rem;min-width:9.5rem}
.score b{display:block;font-size:1.8rem;line-height:1.2}.score small{display:block}
svg{width:100%;height:auto;max-width:60rem}
.wide{overflow-x:auto}.wide>svg{display:block;min-width:40rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;
border-bottom:1px solid var(--line)}th{font-weight:600}
td:first-child{min-width:14rem}td:nth-child(4){white-space:nowrap}
.mark{border-radius:5px;padding:.05rem .45rem;font-size:.85rem;white-space:nowrap}
details{border-bottom:1px solid var(--line);padding:.35rem 0}summary{cursor:pointer}
details ul{margin:.3rem 0 .6rem}.formula{font-size:.9rem}
@media print{body{max-width:none;margin:0;font-size:12px}.wide{overflow:visible}.wide>svg{min-width:0}
.score,.mark,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h2+p,details p{break-after:avoid}p,details ul{margin:.3rem 0}tr,svg,.scores,details{break-inside:avoid}
details::details-content{content-visibility:visible;height:auto}summary{list-style:none}}
"""


def page(readiness: Readiness) -> str:
    """Return the report as an HTML document."""
    name = escape(readiness.company or "SOC 2")
    when = readiness.scope.period
    about = ", ".join(
        part
        for part in (
            f"SOC 2 {readiness.scope.audit_type.value}",
            label(when) if when else "no audit period is set",
            ", ".join(one.value for one in Category if one in readiness.scope.categories),
            f"{readiness.controls} controls",
            f"as of {readiness.on:%-d %B %Y}",
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{name}: readiness</title><style>{_STYLE}</style></head><body>"
        f'<h1>{name}: readiness</h1><p class="lead">{escape(about)}</p>'
        f"{_scores(readiness)}"
        f'<p class="formula">{escape(FORMULA)}.</p>'
        f"<h2>Criteria</h2>{_wide('Criteria', heat_map(readiness.in_scope, readiness.series))}"
        f"{_timeline(readiness)}"
        f"<h2>What to do first</h2>{_tasks(readiness.tasks)}"
        f"<h2>Each criterion</h2>{''.join(_criteria(readiness.in_scope))}"
        "</body></html>\n"
    )


def _scores(readiness: Readiness) -> str:
    parts = []
    for one in readiness.scores:
        name = one.category.value if one.category else "overall"
        parts.append(
            f'<div class="score"><small>{escape(name)}</small><b>{round(100 * one.value)} %</b>'
            f"<small>{one.met} met, {one.partly} partly, {one.gaps} gap{'s' * (one.gaps != 1)}</small></div>"
        )
    return f'<div class="scores">{"".join(parts)}</div>'


def _timeline(readiness: Readiness) -> str:
    drawn = timeline(readiness.in_scope, readiness.scope)
    return (
        "<h2>Records over the audit period</h2><p>A bar for each time that a control should have run: "
        f"filled where a record is held, hollow where none is.</p>{_wide('Records', drawn)}"
        if drawn
        else ""
    )


def _tasks(tasks: Iterable[Task]) -> str:
    rows = [
        f"<tr><td>{_words(one.what)}</td><td>{escape(', '.join(one.criteria))}</td>"
        f"<td>{escape(one.owner or 'to be named')}</td><td>{one.due:%-d %b %Y}</td>"
        f"<td>{one.risk.name.lower()}</td><td>{one.effort.name.lower()}</td></tr>"
        for one in tasks
    ]
    if not rows:
        return "<p>Nothing: every criterion in scope is met.</p>"
    head = "".join(f"<th>{one}</th>" for one in ("Task", "For", "Owner", "Due", "Risk", "Effort"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return _wide("Tasks", table)


def _wide(name: str, shown: str) -> str:
    """Return what may be wider than a phone so that it can be pushed aside, by keys too."""
    return f'<div class="wide" role="region" aria-label="{name}" tabindex="0">{shown}</div>'


def _criteria(covered: Iterable[CriterionCoverage]) -> Iterator[str]:
    for one in covered:
        back, front = COLOURS[one.status]
        opened = " open" if one.status is not CoverageStatus.MET else ""
        controls = "".join(
            f"<li>{escape(control.control.id)} {escape(control.control.title)}"
            f" ({_records(len(control.evidence))})</li>"
            for control in one.controls
        )
        yield (
            f'<details id="{one.id}"{opened}><summary><b>{one.id}</b> {escape(one.title)} '
            f'<span class="mark" style="background:{back};color:{front}">{one.status.value}</span>'
            f"</summary><p>{escape(one.rule)}</p>{_points(one)}"
            f"{f'<p>Controls</p><ul>{controls}</ul>' if controls else ''}"
            f"{_sources('Policies', one.policies)}"
            f"{_sources('Evidence in the period', one.evidence)}</details>"
        )


def _sources(name: str, sources: Iterable[Source]) -> str:
    items = "".join(
        f"<li>{escape(one.metadata.title)} <small>({escape(one.path)})</small></li>"
        for one in sources
    )
    return f"<p>{name}</p><ul>{items}</ul>" if items else ""


def _points(one: CriterionCoverage) -> str:
    count = len(one.touched) + len(one.untouched)
    if not one.controls or not count:
        return ""
    said = f"Its controls speak to {len(one.touched)} of {count} points of focus"
    rest = f"; not to {', '.join(one.untouched)}" if one.untouched else ""
    return f"<p>{escape(said + rest)}.</p>"


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


def _words(text: str) -> str:
    """Return a text as HTML, with what stands in backticks as a word to be typed."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
