"""Asking a service that has a language model, and a service whose documents are hostile."""

from __future__ import annotations

import json
import shutil
import threading

import pytest
from playwright.sync_api import expect

from copilot.domain.access import Role
from tests.generated.liars import NEVER, honest
from tests.generated.talking import KEY, write_settings
from tests.models.behaviours import HANG, Reply
from tests.models.server import ModelServer
from tests.models.sources import numbered_sources
from tests.models.voices import answers, claim
from tests.service.conftest import serving
from tests.service.test_ask import events_of
from tests.workspaces import open_workspace

LEAVES = "What happens when somebody leaves?"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
HOSTILE = f"""---
title: "{EVIL}"
---

# Zebra policy {EVIL}

The zebra keeper {EVIL} feeds every zebra of the harbour at nine {EVIL} o'clock each morning.

| Zebra | {EVIL} |
|---|---|
| Food of the zebra | {EVIL} |
"""
FILE = "policies/a '\"><svg onload=alert(3)>.md"


@pytest.fixture(scope="module")
def model():
    """Return a server that plays a model."""
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="module")
def generating(sample_folder, tmp_path_factory, model):
    """Return a service with a model, over the sample company and one hostile document."""
    folder = tmp_path_factory.mktemp("generating") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    (folder / FILE).write_text(HOSTILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        with open_workspace(folder) as copilot:
            copilot.ingest([folder / FILE])
        write_settings(folder, model, model_seconds=20)
        with serving(folder) as running:
            yield running


def test_withheld_claims_reach_reviewers_only(generating, model):
    """Whoever does not review gets neither the event nor the words."""
    model.default = answers(lambda sources, _: [*honest(sources, 2), claim(NEVER, 1, NEVER)])
    for role in (Role.COMPLIANCE, Role.EMPLOYEE):
        with generating.client(role) as client:
            reply = client.post("/api/v1/ask/stream", json={"question": LEAVES})
        names = [name for name, _ in events_of(reply.text)]
        assert ("withheld" in names) == (role is Role.COMPLIANCE)
        assert (NEVER in reply.text) == (role is Role.COMPLIANCE)
        assert names.count("claim") >= 2


def test_a_reviewer_sees_withheld_claims_struck_through(generating, model, page_of):
    """With the reason; as they come, and on a page that was loaded anew."""
    model.default = answers(lambda sources, _: [*honest(sources, 2), claim(NEVER, 1, NEVER)])
    page = page_of(Role.COMPLIANCE, at=generating)
    page.locator("#question").fill(LEAVES)
    page.keyboard.press("Enter")
    page.locator(".actions").wait_for()
    for _ in range(2):
        expect(page.locator(".withheld del")).to_have_text(NEVER)
        expect(page.locator(".withheld .hint")).to_contain_text("absent")
        expect(page.locator(".made")).to_contain_text("Written by openai:scripted")
        page.reload()


def gated(gate):
    """Write a claim, wait for the gate, write another, and never end."""

    def behave(request):
        made = honest(numbered_sources(request.user), 3)
        text = json.dumps({"claims": made, "missing": []})
        first = text.index('{"claim"', text.index('{"claim"') + 1)
        last = text.rindex('{"claim"') + 20
        return Reply(script=(text[: first + 20], gate, text[first + 20 : last], HANG))

    return behave


def test_a_claim_comes_while_the_model_is_writing_and_nobody_left_stops_it(generating, model):
    """When the reader goes away, the model is left too, at the next claim at the latest."""
    gate = threading.Event()
    model.default = gated(gate)
    with (
        generating.client(Role.EMPLOYEE) as client,
        client.stream("POST", "/api/v1/ask/stream", json={"question": LEAVES}) as reply,
    ):
        lines = reply.iter_lines()
        assert any(line == "event: claim" for line in lines)
        assert not gate.is_set()
    gate.set()
    assert model.went_away.acquire(timeout=15)


def test_texts_of_documents_are_never_read_as_markup(generating, model, page_of):
    """A title, a heading, a cell, a quote, a claim and a file's name are shown as they are written."""
    model.default = answers(lambda sources, _: [])
    page = page_of(Role.COMPLIANCE, at=generating)
    page.locator("#question").fill("Who feeds the zebra of the harbour, and when?")
    page.keyboard.press("Enter")
    page.locator(".actions").wait_for()
    expect(page.locator(".sources")).to_contain_text(EVIL)
    page.locator("a.cite").first.click()
    expect(page.locator("#source-title")).to_have_text(EVIL)
    expect(page.locator("#source .opened")).to_contain_text(EVIL)
    page.goto(page.locator("a.cite").first.evaluate("one => one.href"))
    expect(page.locator("h1")).to_have_text(EVIL)
    expect(page.locator("td").last).to_have_text(EVIL)
    page.goto(f"{generating.url}/?q={EVIL} zebra")
    expect(page.locator(".answer h2")).to_have_text(f"{EVIL} zebra")
    for wrong in ("main img", "main script", "main svg"):
        assert page.locator(wrong).count() == 0
