"""Many askers at once against a running service: throughput, waiting times, memory."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil
import yaml

from benchmarks import sample
from benchmarks.common import ROOT, Bound, Outcome, Row, options, percentile, publish
from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.bootstrap.service import Service
from copilot.domain.accounts import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ASKERS: Final = 64
_SECONDS: Final = 60.0
_SHARE: Final = 0.7
_P95_SECONDS: Final = 1.5
_GROWTH: Final = 1.1
"""Memory at the end against memory after a quarter of the time: caches are full by then or bounded."""

_WAYS: Final = (
    "{}", "Quick one: {}", "Hi all, {}", "{} Thanks!", "For the auditor: {}", "{} (asking for my team)",
    "Sorry if this was asked before: {}", "Before the meeting tomorrow: {}", "New here. {}",
    "One more: {}", "Please help: {}", "{} Need it this week.",
)  # fmt: skip
"""Every question is asked in so many ways, so that no answer that was kept is of use."""

_SETTLING: Final = 180
"""Seconds that a service is given to make ready what it makes ready in the background."""

_IDLE: Final = 0.1
"""Share of one core that a service which has settled uses at the most."""


@dataclass(slots=True)
class _Seen:
    """What the askers saw."""

    until: float
    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answered: int = 0
    processor: float = 0.0
    """Seconds of processor time that the service and its processes took."""


def build(folder: Path, askers: int) -> None:
    """Make the sample company with so many more people, and ingest it."""
    sample.make(folder)
    people = folder / "people.yaml"
    listed = yaml.safe_load(people.read_text())
    listed["people"] += [
        {"id": f"asker.{number}", "role": "employee", "audiences": ["engineering"]}
        for number in range(askers)
    ]
    people.write_text(yaml.safe_dump(listed))
    sample.ingest(folder)


def tokens(folder: Path, askers: int) -> list[str]:
    """Return a token of each asker."""
    service = Service(config.find_workspace(folder))
    made = []
    for number in range(askers):
        person = service.register.find(f"asker.{number}")
        if person is None:
            raise RuntimeError(f"asker.{number} is not known")
        _, secret = service.tokens.issue(
            person, "load", {Scope.ASK}, 1, principal=person.principal()
        )
        made.append(secret)
    service.close()
    return made


def questions(*, kept: bool) -> Iterator[str]:
    """Yield questions without end, from the project's own sets: the same again, or none twice."""
    asked = []
    for file in sorted((ROOT / "tests" / "golden").glob("*.yaml")):
        asked += [one["question"] for one in _questions(yaml.safe_load(file.read_text()))]
    order = random.Random(17)  # noqa: S311  no secret
    while kept:
        yield order.choice(asked)
    round_ = 0
    while True:
        every = [way.format(one) for way in _WAYS for one in asked]
        order.shuffle(every)
        yield from (one if not round_ else f"{one} ({round_})" for one in every)
        round_ += 1


def _questions(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, dict):
        if "question" in document:
            yield document
        for value in document.values():
            yield from _questions(value)
    elif isinstance(document, list):
        for value in document:
            yield from _questions(value)


def encoder_rate(seconds: float) -> float:
    """Return how many questions a second the bare encoder encodes, one after another."""
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    asked = questions(kept=False)
    encoder.encode([next(asked)])
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        encoder.encode([next(asked)])
        done += 1
    return done / (time.perf_counter() - begin)


async def _asker(place: tuple[str, int], token: str, asked: Iterator[str], seen: _Seen) -> None:
    reader, writer = await asyncio.open_connection(*place)
    while time.monotonic() < seen.until:
        body = json.dumps({"question": next(asked)}).encode()
        head = (
            f"POST /api/v1/ask HTTP/1.1\r\nHost: {place[0]}:{place[1]}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begin = time.perf_counter()
        writer.write(head.encode() + body)
        await writer.drain()
        status, document = await _reply(reader)
        seen.waits.append(time.perf_counter() - begin)
        if status != 200:
            seen.failures.append(f"{status}: {document[:200]!r}")
        elif b'"abstained"' not in document:
            seen.answered += 1
    writer.close()
    await writer.wait_closed()


async def _reply(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"content-length:" in head:
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return status, await reader.readexactly(length)
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return status, body


async def _load(
    place: tuple[str, int],
    keys: Sequence[str],
    seconds: float,
    process: psutil.Process,
    *,
    kept: bool,
) -> tuple[_Seen, list[float]]:
    before = _processor(process)
    seen, memory, asked = _Seen(time.monotonic() + seconds), [], questions(kept=kept)
    askers = [asyncio.create_task(_asker(place, one, asked, seen)) for one in keys]
    for _ in range(20):
        await asyncio.sleep(seconds / 20)
        memory.append(process.memory_info().rss / 1e6)
    await asyncio.gather(*askers)
    seen.processor = _processor(process) - before
    return seen, memory


def _processor(process: psutil.Process) -> float:
    """Return the seconds of processor time that a process and those it has started have taken."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def _settle(process: psutil.Process) -> None:
    """Wait until a service has made ready what it makes ready in the background."""
    until = time.monotonic() + _SETTLING
    while time.monotonic() < until:
        before = _processor(process)
        time.sleep(1)
        if _processor(process) - before < _IDLE:
            return


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("load", __doc__ or "")
    parser.add_argument("--seconds", type=float, default=0, help="default 60; 3 with --quick")
    parser.add_argument("--askers", type=int, default=_ASKERS)
    given = parser.parse_args(arguments)
    seconds = given.seconds or (3.0 if given.quick else _SECONDS)
    outcome = Outcome(
        benchmark="load", quick=given.quick, parameters={"askers": given.askers, "seconds": seconds}
    )
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "harbourlight"
        build(home, given.askers)
        keys = tokens(home, given.askers)
        bare = encoder_rate(min(5.0, seconds))
        outcome.rows.append({"what": "bare encoder, one question at a time", "a second": bare})
        _measure(outcome, home, keys, (seconds, bare))
    publish(outcome, given.json)
    return 0


def _measure(outcome: Outcome, home: Path, keys: Sequence[str], known: tuple[float, float]) -> None:
    seconds, bare = known
    with sample.serving(home) as (port, running):
        process = psutil.Process(running.pid)
        _settle(process)
        for kept, what in ((False, "no question twice"), (True, "questions repeat")):
            seen, memory = asyncio.run(
                _load(("127.0.0.1", port), keys, seconds, process, kept=kept)
            )
            outcome.rows.append(_row(what, seen, memory, seconds))
            for failure in seen.failures[:3]:
                sys.stderr.write(f"{failure}\n")
            outcome.bounds += _bounds(what, seen, memory, (seconds, bare))


def _row(what: str, seen: _Seen, memory: Sequence[float], seconds: float) -> Row:
    return {
        "what": f"ask, {what}",
        "a second": len(seen.waits) / seconds,
        "requests": len(seen.waits),
        "errors": len(seen.failures),
        "answered": seen.answered,
        "processor ms": 1000 * seen.processor / max(1, len(seen.waits)),
        "p50 ms": 1000 * percentile(seen.waits, 0.5),
        "p95 ms": 1000 * percentile(seen.waits, 0.95),
        "MB after a quarter": memory[4],
        "MB at the end": memory[-1],
    }


def _bounds(
    what: str, seen: _Seen, memory: Sequence[float], known: tuple[float, float]
) -> list[Bound]:
    seconds, bare = known
    return [
        Bound(what=f"errors, {what}", measured=float(len(seen.failures)), at_most=0.0),
        Bound(
            what=f"throughput against the bare encoder, {what}",
            measured=len(seen.waits) / seconds / bare,
            at_least=_SHARE,
        ),
        Bound(
            what=f"p95 in seconds, {what}",
            measured=percentile(seen.waits, 0.95),
            at_most=_P95_SECONDS,
        ),
        Bound(
            what=f"memory at the end against a quarter in, {what}",
            measured=memory[-1] / memory[4],
            at_most=_GROWTH,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
