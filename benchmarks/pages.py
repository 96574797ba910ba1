"""The pages in a real browser: when something is seen first, what they load, whether they jump."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, urlsplit

import httpx
from itsdangerous import Signer
from playwright.sync_api import sync_playwright

from benchmarks import sample
from benchmarks.common import Bound, Outcome, options, publish
from copilot import config
from copilot.bootstrap.service import Service
from copilot.domain.accounts import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Browser, Page, Request

Until = Literal["load", "networkidle"]

_ADMIN: Final = "jonas.mendes"
_QUESTION: Final = "How do I prove that we review access?"
_PAINT_MS: Final = 600.0
_SCRIPT_BYTES: Final = 60_000.0
_SHIFT: Final = 0.001

PAGES: Final[Mapping[str, str]] = {
    "sign-in": "/sign-in",
    "ask": "/",
    "answer": f"/?q={quote(_QUESTION)}",
    "library": "/library?text=access",
    "library-about": "/library/about?path=policies/access-control.md",
    "source": "/sources/view?path=policies/access-control.md",
    "controls": "/controls",
    "matrix": "/controls/matrix",
    "import": "/controls/import",
    "readiness": "/readiness",
    "criterion": "/readiness/CC6.1",
    "drafts": "/drafts",
    "new-response": "/drafts/new/response",
    "draft": "/drafts/policy/clean-desk",
    "edit": "/drafts/policy/clean-desk/edit",
    "changes": "/drafts/policy/clean-desk/changes",
    "review": "/review",
    "feedback": "/review/feedback",
    "log": "/log",
    "people": "/people",
    "person": "/people/grace.whitlock",
    "tokens": "/tokens",
    "requests": "/requests",
    "request": "/requests/1",
    "settings": "/settings",
    "api": "/api/docs",
    "problem": "/nowhere",
}
"""Every page, with values for which there is something on the sample company after `prepare`."""

_SHIFTS: Final = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
_PAINT: Final = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (one.name === "first-contentful-paint") resolve(one.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
_SCRIPTS: Final = """() => performance.getEntriesByType("resource")
  .filter((one) => one.initiatorType === "script")
  .map((one) => [new URL(one.name).pathname, one.encodedBodySize, one.decodedBodySize])"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a browser found of a page."""

    paint: float
    """Milliseconds until something was seen."""
    scripts: Mapping[str, tuple[int, int]]
    """Bytes of each script: as it travelled, and as it is."""
    foreign: tuple[str, ...]
    """Addresses of others that were asked for."""
    status: int


def prepare(client: httpx.Client) -> None:
    """Make what the pages of a draft and of a request show, and wait for what the page of controls waits for."""
    client.get("/api/v1/controls", timeout=120).raise_for_status()
    for text in (
        "# Clean desk policy\n\nDesks are cleared.\n",
        "# Clean desk policy\n\nThey are.\n",
    ):
        kept = client.get("/api/v1/review/policy/clean-desk")
        match = {"If-Match": kept.headers["etag"]} if kept.is_success else {"If-None-Match": "*"}
        body = {"text": text, "title": "Clean desk policy", "note": "for the pages"}
        client.post(
            "/api/v1/review/policy/clean-desk/versions", json=body, headers=match
        ).raise_for_status()
    said = {"question": _QUESTION, "status": "partial", "helpful": False, "reason": "Too long."}
    client.post("/api/v1/feedback", json=said).raise_for_status()
    asked = {"title": "Leavers of the period", "detail": "With times.", "criterion": "CC6.2"}
    client.post("/api/v1/requests", json=asked).raise_for_status()


def load(page: Page, url: str, *, until: Until = "networkidle") -> Loaded:
    """Open a page that nothing is kept of, and say what it took.

    Args:
        page: The window.
        url: The page's address.
        until: When it counts as loaded.
    """
    foreign: list[str] = []

    def seen(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(url).netloc and not request.url.startswith(
            "data:"
        ):
            foreign.append(request.url)

    page.on("request", seen)
    opened = page.goto(url, wait_until=until)
    paint = float(page.evaluate(_PAINT))
    scripts = {name: (sent, whole) for name, sent, whole in page.evaluate(_SCRIPTS)}
    page.remove_listener("request", seen)
    return Loaded(paint, scripts, tuple(foreign), opened.status if opened else 0)


def shift_of_an_answer(page: Page, url: str) -> float:
    """Ask on a page and return how far its parts jumped while the answer came."""
    page.goto(url, wait_until="networkidle")
    page.evaluate(_SHIFTS)
    page.get_by_role("textbox").first.fill(_QUESTION)
    page.keyboard.press("Enter")
    page.locator(".answer .actions").first.wait_for()
    page.wait_for_timeout(200)
    return float(page.evaluate("() => window.shifted"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("pages", __doc__ or "")
    parser.add_argument("--workspace", type=Path, help="a copy of the sample company, ingested")
    given = parser.parse_args(arguments)
    tries = 1 if given.quick else 5
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        raise SystemExit("chromium is not installed")
    outcome = Outcome(benchmark="pages", quick=given.quick, parameters={"loads of each": tries})
    with tempfile.TemporaryDirectory() as scratch:
        home = given.workspace or Path(scratch) / "harbourlight"
        if given.workspace is None:
            sample.build(home)
        _measure(outcome, home, (program, tries))
    publish(outcome, given.json)
    return 0


def _signed_in(folder: Path) -> tuple[str, str]:
    """Return a token and a session's cookie of an admin."""
    service = Service(config.find_workspace(folder))
    person = service.register.find(_ADMIN)
    if person is None:
        raise RuntimeError(f"{_ADMIN} is not known")
    _, token = service.tokens.issue(person, "pages", set(Scope), 1, principal=person.principal())
    secret = service.sessions.begin(_ADMIN, "pages")
    service.close()
    key = (folder / ".copilot" / "service.key").read_bytes()
    signer = Signer(key, salt="copilot session", digest_method=sha256)
    return token, signer.sign(secret).decode()


def _measure(outcome: Outcome, home: Path, how: tuple[str, int]) -> None:
    with sample.serving(home) as (port, _):
        url = f"http://127.0.0.1:{port}"
        token, cookie = _signed_in(home)
        with httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as client:
            prepare(client)
        _browse(outcome, url, cookie, how)


def _browse(outcome: Outcome, url: str, cookie: str, how: tuple[str, int]) -> None:
    program, tries = how
    slowest, every, foreign = 0.0, dict[str, tuple[int, int]](), list[str]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for name, path in PAGES.items():
            loads = [_load_once(browser, url, path, cookie) for _ in range(tries)]
            paint = statistics.median(one.paint for one in loads)
            scripts = loads[-1].scripts
            slowest = max(slowest, paint)
            every |= scripts
            foreign += loads[-1].foreign
            sizes = tuple(sum(one[part] for one in scripts.values()) for part in (0, 1))
            outcome.rows.append(
                {
                    "page": name,
                    "first paint ms": paint,
                    "script bytes": sizes[0],
                    "unpacked": sizes[1],
                    "foreign requests": len(loads[-1].foreign),
                }
            )
        with _context(browser, url, cookie) as context:
            shift = shift_of_an_answer(context.new_page(), url)
        browser.close()
    in_all = float(sum(sent for sent, _ in every.values()))
    outcome.bounds += [
        Bound(what="ms to the first paint, slowest page", measured=slowest, at_most=_PAINT_MS),
        Bound(what="bytes of script, all pages", measured=in_all, at_most=_SCRIPT_BYTES),
        Bound(what="layout shift while an answer streams", measured=shift, at_most=_SHIFT),
        Bound(what="requests to others", measured=float(len(foreign)), at_most=0.0),
    ]


def _load_once(browser: Browser, url: str, path: str, cookie: str) -> Loaded:
    with _context(browser, url, "" if path == PAGES["sign-in"] else cookie) as context:
        return load(context.new_page(), url + path)


def _context(browser: Browser, url: str, cookie: str) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    if cookie:
        context.add_cookies([{"name": "copilot-session", "value": cookie, "url": url}])
    return context


if __name__ == "__main__":
    raise SystemExit(main())
