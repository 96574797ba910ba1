"""What the service counts, for Prometheus. Labels hold names of routes and states: no ids, paths or texts."""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

import copilot
from copilot import people
from copilot.domain.answers import Answered, Status
from copilot.errors import CopilotError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from copilot.bootstrap.service import Service
    from copilot.domain.answers import Answer

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60)
_JOBS: Final = 200


class Metrics:
    """The counts of one application, in a registry of its own."""

    def __init__(self, service: Service) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "copilot_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "copilot_request_seconds",
            "Seconds until a request was answered whole.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._at_work = Gauge(
            "copilot_requests_at_work", "Requests that are at work now.", registry=self._registry
        )
        self._answers = Counter(
            "copilot_answers",
            "Answers by their status and by how they were made.",
            ("status", "mode"),
            registry=self._registry,
        )
        about = Info("copilot", "What is running.", registry=self._registry)
        about.info({"version": copilot.__version__})
        self._registry.register(_Standing(service))

    def begin(self) -> None:
        """Count a request as being at work."""
        self._at_work.inc()

    def end(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request as answered."""
        self._at_work.dec()
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer, or a refusal."""
        status = answer.status if isinstance(answer, Answered) else Status.ABSTAINED
        self._answers.labels(status, answer.mode).inc()

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """What is looked up when it is asked for: jobs, and how far the index is behind."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> Iterator[Metric]:
        """Return nothing: what there is is only known when it is collected."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of now."""
        jobs = GaugeMetricFamily(
            "copilot_jobs",
            f"Of the newest {_JOBS} jobs, how many there are by kind and state.",
            labels=["kind", "state"],
        )
        lag = GaugeMetricFamily(
            "copilot_index_lag_changes", "Changes of the sources that the index does not have yet."
        )
        reached = GaugeMetricFamily(
            "copilot_database_reached", "1 if the database could be read for these figures, else 0."
        )
        try:
            newest = self._service.jobs.jobs(people.operator(()), _JOBS)
            tally = Tally((one.kind, one.state) for one in newest)
            behind = self._service.copilot.follower.lag()
        except CopilotError:
            reached.add_metric([], 0)
        else:
            for (kind, state), count in sorted(tally.items()):
                jobs.add_metric([kind, state], count)
            lag.add_metric([], behind)
            reached.add_metric([], 1)
        yield from (jobs, lag, reached)
