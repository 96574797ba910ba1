"""Another encoder by setting, as a person changes it: real processes and a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from copilot import config
from copilot.errors import EncoderUnavailable
from copilot.health import Health, examine
from tests.cli.conftest import environment
from tests.retrieval.embedding_server import answer, failing, serving
from tests.workspaces import open_workspace

KEY = "sk-a-key-that-nobody-may-see-4711"
REVIEW = "who reviews accounts of systems"


@pytest.fixture(scope="module")
def running():
    with serving() as server:
        yield server


@pytest.fixture
def server(running):
    """Return the server, which has forgotten what it received and how it was to behave."""
    running.requests.clear()
    running.always = None
    return running


@pytest.fixture(scope="module")
def cache(made, tmp_path_factory):
    """Return a cache with the bundled encoder and the knowledge, and no vectors of other encoders."""
    folder = tmp_path_factory.mktemp("cache")
    for one in config.cache_folder().glob("[ek]n*"):
        (folder / one.name).symlink_to(one)
    return folder


@pytest.fixture(scope="module")
def served(running, cache):
    """Return the settings that make the server the encoder."""
    return {
        "COPILOT_ENCODER": "openai:words",
        "COPILOT_ENCODER_BASE_URL": running.url,
        "COPILOT_CACHE_DIR": str(cache),
        "OPENAI_API_KEY": KEY,
    }


@pytest.fixture(scope="module")
def changed(copilot, made, running, served, tmp_path_factory):
    """Return a workspace that was changed to the server, the ingest that did it, and what was sent."""
    folder = shutil.copytree(made[2], tmp_path_factory.mktemp("changed") / "workspace")
    running.requests.clear()
    running.always = None
    done = copilot("ingest", cwd=folder, **served)
    return folder, done, running.texts


def finding(done, what):
    """Return what `copilot doctor --json` said of one thing."""
    found = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    return found[what]


@pytest.fixture
def wired(small, cache, monkeypatch):
    """Return a function that wires a workspace in this process, with settings."""

    @contextmanager
    def wire(folder=small, **settings):
        for name in ("OPENAI_API_KEY", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"COPILOT_CACHE_DIR": str(cache), **settings}.items():
            monkeypatch.setenv(name, value)
        with open_workspace(folder) as opened:
            yield opened

    return wire


def settings_of(served):
    """Return those of the settings that a workspace in this process does not have anyway."""
    return {name: value for name, value in served.items() if name != "COPILOT_CACHE_DIR"}


def test_before_the_ingest_the_old_encoder_serves(wired, server, served, caplog):
    """A search sends nothing and says so; `copilot doctor` says what is left to do."""
    with wired(**settings_of(served)) as opened:
        with opened.searching() as search:
            [hit] = search.search(REVIEW, principal=opened.principal(None), limit=1)
        assert hit.passage.source.path == "policies/access.md"
        assert "which is used until `copilot ingest`" in caplog.text
        assert server.requests == []
        findings = {one.what: one for one in examine(opened.examination())}
    assert "openai:words@127.0.0.1" in findings["encoder"].said
    assert "64 dimensions" in findings["encoder"].said
    index = findings["encoder of the index"]
    assert index.said.startswith("all-MiniLM-L6-v2/int8/each; 2,")
    assert index.health is Health.NOTE
    assert "copilot ingest" in index.hint


def test_an_ingest_changes_the_encoder(changed):
    """Every text is sent once, and the key is kept nowhere."""
    folder, done, sent = changed
    assert done.returncode == 0, done.stderr
    assert "encoding 2," in done.stderr
    assert len(sent) == len(set(sent)) > 2_000
    kept = [file.read_bytes() for file in (folder / ".copilot").rglob("*") if file.is_file()]
    assert not any(KEY.encode() in content for content in kept)


def test_after_the_ingest_the_new_encoder_serves(copilot, document, changed, server, served):
    """A search sends its question and nothing else."""
    after = copilot("search", "--json", REVIEW, cwd=changed[0], **served)
    assert document(after)["results"][0]["source"] == "policies/access.md"
    assert after.stderr == ""
    assert server.texts == [REVIEW]


def test_a_kill_in_the_middle_costs_a_batch(copilot, small, server, served):
    """What was stored when `copilot ingest` was killed is not sent again; `--mend` goes on as well."""
    served = {**served, "COPILOT_ENCODER": "openai:others"}  # of which no vector is known
    stop, blocked = threading.Event(), threading.Event()

    def limited(handler, body):
        if len(handler.server.requests) > 20:
            blocked.set()
            stop.wait(60)
        answer(handler, body)

    server.always = limited
    command = [sys.executable, "-m", "copilot", "ingest"]
    with subprocess.Popen(
        command,
        cwd=small,
        env=environment(**served),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert blocked.wait(60)
        child.kill()
    server.always = None
    stop.set()
    sent = server.texts
    server.requests.clear()
    mended = copilot("doctor", "--json", "--mend", cwd=small, **served)
    assert finding(mended, "encoder of the index")["health"] == "good", mended.stderr
    again = set(sent) & set(server.texts)
    assert len(sent) > 1_200
    assert len(again) <= 256 + 4 * 64
    assert set(server.texts) - set(sent)


def test_what_is_never_sent_is_not_sent(wired, small, server):
    """Neither at the ingest nor when it is found and compared, and it can still be found."""
    secret = "The Zephyrine bid for the Kestrel subsidiary expires in November."
    for audience, name, text in (
        ("board", "bid", secret),
        ("everyone", "news", "The canteen has a new menu for November."),
    ):
        head = f"---\naudience: {audience}\n---\n# {name.title()}\n\n"
        (small / "policies" / f"{name}.md").write_text(head + text)
    with wired(
        COPILOT_ENCODER="openai:words",
        COPILOT_ENCODER_BASE_URL="http://embeddings.example/v1",
        COPILOT_NEVER_SEND="board",
        OPENAI_API_KEY=KEY,
        # The server plays a proxy: to the product it is on another machine, and nothing leaves this one.
        HTTP_PROXY=server.url.removesuffix("/v1"),
    ) as opened:
        assert opened.encoder.remote
        opened.ingest()
        assert "canteen" in server.received
        everyone = opened.principal(None)
        with opened.searching() as search:
            [hit] = search.search("Kestrel subsidiary", principal=everyone, limit=1)
        assert hit.passage.text == secret
        with opened.answering() as answering:
            answering.ask(
                "When does the bid for Kestrel expire?",
                principal=everyone,
                period=None,
                scope=opened.settings.categories,
            )
        assert "Zephyrine" not in server.received
        seen = opened.examination()
        assert seen.encoders.standing.kept_back == 1
        assert seen.index_holds


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"COPILOT_ENCODER": "nobody/has-this"}, "`encoder` names 'nobody/has-this'"),
        ({"COPILOT_ENCODER": "./model"}, "`encoder` names the folder"),
        ({"COPILOT_ENCODER": "anthropic:claude"}, "`encoder` has 'anthropic:claude'"),
        ({"COPILOT_ENCODER": "openai:"}, "`encoder` names no model"),
        ({"COPILOT_ENCODER": "openai:words"}, "there is no key"),
        (
            {"COPILOT_ENCODER": "openai:words", "COPILOT_ENCODER_BASE_URL": "ftp://x"},
            "`encoder_base_url` is no address",
        ),
        (
            {"COPILOT_ENCODER": "openai:words", "COPILOT_API_KEY_FILE": "no-such-key"},
            "`api_key_file` names",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(wired, small, settings, said):
    """By the ingest, in one sentence; and the index stays as it is."""
    state = (small / ".copilot" / "index" / "state.json").read_text()
    with pytest.raises(EncoderUnavailable) as caught, wired(**settings) as opened:
        opened.ingest()
    assert said in str(caught.value)
    assert (small / ".copilot" / "index" / "state.json").read_text() == state


def test_a_missing_model_is_a_finding(wired):
    """`copilot doctor` goes on with everything else."""
    with wired(COPILOT_ENCODER="nobody/has-this") as opened:
        findings = {one.what: one for one in examine(opened.examination())}
    assert findings["encoder"].health is Health.BROKEN
    assert "nobody/has-this" in findings["encoder"].said
    assert findings["index"].health is Health.GOOD


def test_a_key_of_another_provider_is_not_used(wired, small, server):
    """A file with the key of the language model goes to the language model's provider only."""
    (small / "key").write_text(KEY)
    with wired(
        COPILOT_ENCODER="openai:words",
        COPILOT_ENCODER_BASE_URL=server.url,
        COPILOT_MODEL="anthropic:claude",
        COPILOT_API_KEY_FILE="key",
    ) as opened:
        opened.encoder.encode(["one"])
    assert "Authorization" not in server.requests[0][0]


def test_words_are_what_is_left_of_a_server_that_is_no_longer_set(wired, changed, server, caplog):
    """Whoever has set another encoder may not want questions to be sent any more."""
    with wired(changed[0]) as opened, opened.searching() as search:
        [hit] = search.search(REVIEW, principal=opened.principal(None), limit=1)
    assert hit.passage.source.path == "policies/access.md"
    assert hit.cosine > 0.4  # as the bundled encoder sees it
    assert "searching by words only" in caplog.text
    assert "no longer lets anything be sent" in caplog.text
    assert server.requests == []


def test_a_refused_key_is_not_repeated(copilot, small, server, served):
    """Not by the error and not by the debugging log, though the server repeats it."""
    (small / "key").write_text(f"{KEY}\n")
    server.always = failing(
        401, message=f"Incorrect API key provided: {KEY}", code="invalid_api_key"
    )
    settings = {**served, "OPENAI_API_KEY": "", "COPILOT_API_KEY_FILE": "key", "COPILOT_DEBUG": "1"}
    done = copilot("ingest", cwd=small, **settings)
    assert done.returncode != 0
    assert server.requests[0][0]["Authorization"] == f"Bearer {KEY}"
    assert "refused the key" in done.stderr
    assert "which `api_key_file` names" in done.stderr
    assert KEY not in done.stderr + done.stdout


def test_a_table_cut_short_is_mended_by_who_finds_it(small, caplog):
    """A search over a damaged index finds what it should, and leaves nothing to mend."""
    [table] = (small / ".copilot" / "index").glob("generation-*/dense/chroma.sqlite3")
    table.write_bytes(table.read_bytes()[:5_000])
    with open_workspace(small) as opened:
        with opened.searching() as search:
            [hit] = search.search(REVIEW, principal=opened.principal(None), limit=1)
        assert hit.passage.source.path == "policies/access.md"
        assert hit.cosine is not None
        assert "built anew" in caplog.text
        assert opened.follower.check()
