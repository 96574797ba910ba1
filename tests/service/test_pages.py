"""Every page, light and dark, wide and on a phone: for everybody to use, and with nothing of others."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import iter_route_contexts

from benchmarks.pages import PAGES, load, prepare
from copilot.domain.access import Role
from tests.service.conftest import COOKIE
from tests.workspaces import ROOT

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 860}
VIEWS = (("light", WIDE), ("dark", WIDE), ("dark", PHONE), ("light", PHONE))
TRIED = (("light", WIDE), ("dark", PHONE))
SERIOUS = {"serious", "critical"}
NO_PAGES = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/sign-in/oidc",
    "/sign-in/callback",
    "/sign-in/first-look",
    # A piece of the page of controls, which puts it in the place of the old one.
    "/controls/one",
}
MOST_SCRIPT = 60_000


@pytest.fixture(scope="module")
def prepared(spare):
    """Return a service on which every page has something to show."""
    with spare.client(Role.ADMIN) as client:
        prepare(client)
    return spare


@pytest.fixture(scope="module")
def window(browser, prepared):
    """Return a window of the browser in which an admin is signed in, and what went wrong in it."""
    with browser.new_context(viewport=WIDE) as context:
        session = {"name": COOKIE, "value": prepared.session(Role.ADMIN), "url": prepared.url}
        context.add_cookies([session])
        page = context.new_page()
        wrong = []
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if "Security Policy" in said.text else None,
        )
        yield page, wrong


def kept(page, name):
    """Keep a picture of a page where somebody wants to see it."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def serious(page):
    """Return the rules of accessibility that a page breaks badly, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(window, prepared, name):
    """Light and dark, on a wide window and on a phone, it breaks no serious rule and needs no other site."""
    page, wrong = window
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    loaded = load(page, prepared.url + PAGES[name], until="load")
    assert (loaded.foreign, loaded.status) == ((), 404 if name == "problem" else 200)
    broken = {}
    for scheme, size in VIEWS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        # Colours follow from the scheme and what is shown from the size: two of the four have it all.
        if (scheme, size) in TRIED:
            kept(page, f"{name}-{scheme}-{size['width']}")
            broken |= {(scheme, one): True for one in serious(page)}
        wider = page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1")
        assert not wider, f"{name} is wider than {size['width']} pixels"
    assert broken == {}
    assert wrong == []


def test_no_page_is_left_out(prepared):
    """Every route that shows a page is among those that are looked at."""
    shown = {path.partition("?")[0] for path in PAGES.values()}
    for one in iter_route_contexts(prepared.app.routes):
        if one.path.startswith(("/api/v1/", "/static")) or "GET" not in one.methods:
            continue
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", one.path)
        found = any(re.fullmatch(pattern, path) for path in shown)
        assert found is (one.path not in NO_PAGES), one.path


def test_scripts_are_small(prepared):
    """All that all pages run travels in less than 60 kB."""
    static = ROOT / "copilot" / "service" / "static"
    with prepared.client() as client:
        sizes = {
            file.name: int(
                client.get(f"/static/{file.name}", headers={"Accept-Encoding": "gzip"}).headers.get(
                    "content-length", MOST_SCRIPT
                )
            )
            for file in static.glob("*.js")
        }
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes
