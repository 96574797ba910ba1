"""Many events at once from Slack, each with a slow answer: acknowledged at once, answered once, none lost."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import sample
from benchmarks.common import Bound, Outcome, options, percentile, publish
from bots.slack import SlackBot, Tokens
from copilot import config
from copilot.bootstrap.service import Service
from tests.bots.slack import Slack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.asking import Asked

_EVENTS: Final = 200
_SECONDS: Final = 5.0
_ACKNOWLEDGED: Final = 1.0

_SLACK: Any = Slack  # the tests' own have no types


class SlowService(Service):
    """A service whose answers take as long as those of a language model."""

    delay = _SECONDS

    def answer(self, asked: Asked, *, principal: Principal, fresh: bool = False) -> Answer:
        """Return the answer, later."""
        time.sleep(self.delay)
        return super().answer(asked, principal=principal, fresh=fresh)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    given = options("slack", __doc__ or "").parse_args(arguments)
    events, delay = (20, 0.2) if given.quick else (_EVENTS, _SECONDS)
    outcome = Outcome(
        benchmark="slack", quick=given.quick, parameters={"events": events, "answer s": delay}
    )
    SlowService.delay = delay
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "harbourlight"
        sample.build(home)
        slack, service = _SLACK(), SlowService(config.find_workspace(home))
        service.start()
        slack.add_user("UGRACE", "grace.whitlock@harbourlight.example", is_email_confirmed=True)
        bot = SlackBot(service, Tokens(bot="xoxb-test", app="xapp-test"), api=slack.url)
        listening = threading.Thread(target=bot.listen)
        listening.start()
        slack.until(lambda: slack.connections > 0)
        begin = time.monotonic()
        with ThreadPoolExecutor(events) as pool:
            waits = list(pool.map(lambda number: _ask(slack, number), range(events)))
        bot.stop()  # finishes what was begun
        seconds = time.monotonic() - begin
        listening.join()
        answered = Counter(one["thread_ts"] for one in slack.made("chat.postMessage"))
        service.close()
        slack.close()
    outcome.rows.append(
        {
            "events": events,
            "acknowledged p50 ms": 1000 * percentile(waits, 0.5),
            "slowest ms": 1000 * max(waits),
            "answered": len(answered),
            "all answered after s": seconds,
        }
    )
    outcome.bounds = [
        Bound(what="slowest acknowledgement, s", measured=max(waits), at_most=_ACKNOWLEDGED),
        Bound(what="events without answer", measured=float(events - len(answered)), at_most=0.0),
        Bound(
            what="events answered twice",
            measured=float(sum(count > 1 for count in answered.values())),
            at_most=0.0,
        ),
    ]
    publish(outcome, given.json)
    return 0


def _ask(slack: Any, number: int) -> float:
    said = {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "UGRACE",
        "text": "How do I prove that we review access?",
        "ts": f"{1_900_000_000 + number}.000100",
    }
    return float(slack.event(said))


if __name__ == "__main__":
    raise SystemExit(main())
