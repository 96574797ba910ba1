"""What the settings of a model may hold, and what is said of those that cannot be used."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from copilot.adapters.chat_addresses import is_loopback
from copilot.adapters.chat_models import connect
from copilot.config import find_workspace, read_settings
from copilot.errors import InvalidSettings
from tests.models import behaviours as plays
from tests.models.conftest import KEY, REPLY

LOCAL = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        pytest.param("opnai:gpt-4.1", "names no known provider", id="unknown provider"),
        pytest.param("gpt-4.1", "is not PROVIDER:NAME", id="no provider"),
        pytest.param("openai:", "is not PROVIDER:NAME", id="no model"),
        pytest.param(":gpt-4.1", "names no known provider", id="empty provider"),
    ],
)
def test_a_setting_that_names_no_model(setting, says):
    """The message names the setting and the providers that there are."""
    with pytest.raises(InvalidSettings, match=says) as caught:
        connect(setting, setting="judge")

    assert "`judge`" in str(caught.value)
    assert "openai, azure_openai, anthropic, ollama" in str(caught.value)


def test_a_key_in_the_wrong_setting_is_not_printed():
    """Somebody will put it there."""
    with pytest.raises(InvalidSettings) as caught:
        connect(KEY)

    assert KEY not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_a_provider_whose_package_is_missing(provider):
    """The hint is the line that installs it."""
    if importlib.util.find_spec(f"langchain_{provider}"):
        pytest.skip("its package is installed")

    with pytest.raises(InvalidSettings, match="is not installed") as caught:
        connect(f"{provider}:some")

    assert f'pip install "soc2-copilot[{provider}]"' in caught.value.hint


@pytest.mark.parametrize(
    ("setting", "url", "variable"),
    [
        ("openai:gpt-4.1", "", "OPENAI_API_KEY"),
        ("openai:gpt-4.1", "https://models.example/v1", "OPENAI_API_KEY"),
        ("azure_openai:ours", "https://ours.openai.azure.com", "AZURE_OPENAI_API_KEY"),
    ],
)
def test_a_missing_key_is_said_before_anything_is_sent(monkeypatch, setting, url, variable):
    """The variable is named, and the setting that can take its place."""
    monkeypatch.delenv("OPENAI_API_KEY")

    with pytest.raises(InvalidSettings, match="there is no key") as caught:
        connect(setting, base_url=url)

    assert variable in caught.value.hint
    assert "`api_key_file`" in caught.value.hint


def test_a_server_on_this_machine_needs_no_key(server, ask, monkeypatch):
    """Most of them have none."""
    monkeypatch.delenv("OPENAI_API_KEY")
    server.default = plays.says(REPLY)

    ask(of=connect("openai:scripted", base_url=server.base_url))

    assert KEY.encode() not in server.received


def test_a_key_may_stand_in_a_file(server, ask, tmp_path):
    """It is stronger than the variable; a mark and line ends around it do not matter."""
    file = tmp_path / "key"
    file.write_bytes(b"\xef\xbb\xbf sk-from-file-123456 \r\n")
    server.default = plays.says(REPLY)

    ask(of=connect("openai:scripted", base_url=server.base_url, api_key_file=file))

    assert server.requests[0].headers["authorization"] == "Bearer sk-from-file-123456"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "No such file", id="absent"),
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\xff\xfe\x00", "not text", id="not text"),
        pytest.param(b"key = sk-1\nother\n", "a key is one word", id="more than a key"),
    ],
)
def test_a_file_that_holds_no_key(tmp_path, content, says):
    """The message names the file and the setting, not what it holds."""
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InvalidSettings, match=says) as caught:
        connect("openai:gpt-4.1", api_key_file=file)

    assert str(file) in str(caught.value)
    assert "`api_key_file`" in str(caught.value)
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("127.0.0.1:8000", "no address", id="no scheme"),
        pytest.param("ftp://127.0.0.1", "no address", id="another scheme"),
        pytest.param("http://", "no address", id="no host"),
        pytest.param("http://[::1", "no address", id="half a bracket"),
        pytest.param("http://127.0.0.1:port/v1", "no address", id="port in letters"),
        pytest.param("http://me:secret@127.0.0.1/v1", "more than an address", id="password"),
        pytest.param("https://models.example/v1?key=secret", "more than an address", id="key"),
    ],
)
def test_an_address_that_cannot_be_used(url, says):
    """The setting is named and its value is not shown: it may hold a password."""
    with pytest.raises(InvalidSettings, match=f"`base_url`.*{says}") as caught:
        connect("openai:gpt-4.1", base_url=url)

    assert "secret" not in str(caught.value) + caught.value.hint


def test_azure_needs_an_address():
    """Every customer has their own."""
    with pytest.raises(InvalidSettings, match="`base_url` has to name the server"):
        connect("azure_openai:ours")


def test_a_variable_that_is_no_address_is_named(monkeypatch):
    """The one that was read, not the setting that was not used."""
    monkeypatch.setenv("OPENAI_BASE_URL", "models.example")

    with pytest.raises(InvalidSettings, match="OPENAI_BASE_URL is no address"):
        connect("openai:gpt-4.1")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        (LOCAL, True),
        ("http://localhost:1234/v1", True),
        ("https://LOCALHOST", True),
        ("http://127.9.9.9/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://0.0.0.0:8000", False),
        ("http://10.0.0.7:8000/v1", False),
        ("http://192.168.1.20/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://models.internal/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_a_loopback_address_is_local(url, local):
    """Everything else is another machine, or may be."""
    assert is_loopback(url) is local
    assert connect("openai:some", base_url=url).remote is not local


def test_without_an_address_the_provider_is_far_away(monkeypatch):
    """A variable of the provider counts as the setting does."""
    assert connect("openai:gpt-4.1").remote
    monkeypatch.setenv("OPENAI_BASE_URL", LOCAL)

    assert not connect("openai:gpt-4.1").remote


@pytest.mark.parametrize(
    ("model", "host", "remote"),
    [
        ("llama3.1:8b", "", False),
        ("llama3.1:8b", ":11500", False),
        ("llama3.1:8b", "models.internal", True),
        ("gpt-oss:120b-cloud", "", True),
        ("glm:cloud", "", True),
    ],
)
def test_ollama_is_local_unless_it_is_elsewhere(monkeypatch, tmp_path, model, host, remote):
    """Its own server passes some models on to ollama.com."""
    # To connect asks only whether the package is there, and does not import it.
    (tmp_path / "langchain_ollama.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("OLLAMA_HOST", host)

    assert connect(f"ollama:{model}").remote is remote


def test_azure_is_asked_in_its_own_way(server, ask, monkeypatch):
    """The deployment stands in the path, the key in another header, the version in the query."""
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    server.path = "/openai/deployments/ours/chat/completions?api-version=2024-10-21"
    server.default = plays.says(REPLY)

    events = ask(of=connect("azure_openai:ours", base_url=f"http://127.0.0.1:{server.port}"))

    assert events[-1].value == REPLY
    assert server.requests[0].headers["api-key"] == KEY
    assert server.requests[0].json["max_completion_tokens"] == 99


def test_nothing_heavy_is_imported_until_a_model_is_asked():
    """A question without a model, and a look at the settings, must not wait for langchain."""
    script = (
        "import sys\n"
        "from copilot import bootstrap\n"
        "from copilot.cli import main\n"
        "from copilot.adapters.chat_models import connect\n"
        "connect('openai:some', base_url='http://127.0.0.1:9/v1')\n"
        "print([one for one in ('langchain', 'langchain_core', 'openai', 'langsmith', 'httpx2')"
        " if one in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Return a function that makes a workspace with these settings."""

    def making(text):
        (tmp_path / "copilot.toml").write_text(text)
        monkeypatch.delenv("COPILOT_HOME", raising=False)
        return find_workspace(tmp_path)

    return making


def test_a_file_with_a_key_is_looked_for_in_the_workspace(workspace, tmp_path):
    """A relative path does not depend on where a command is run."""
    assert workspace('api_key_file = "secrets/key"').api_key_file == tmp_path / "secrets" / "key"
    assert workspace(f'api_key_file = "{tmp_path}/key"').api_key_file == tmp_path / "key"
    assert workspace("").api_key_file is None


@pytest.mark.parametrize("written", ['["Board", "legal team"]', '"board, legal-team"'])
def test_audiences_that_are_never_sent_are_a_list_or_a_line(workspace, written):
    """They are written as audiences are elsewhere."""
    assert workspace(f"never_send = {written}").settings.never_send == ("board", "legal-team")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('never_send = ["the board!"]', "`never_send` cannot be used: 'the board!' cannot name"),
        ("never_send = 3", "`never_send` cannot be used: it takes a list"),
        ("model_seconds = 0", "`model_seconds` takes"),
        ("model_max_tokens = 10", "`model_max_tokens` takes"),
        ("model = 4", "`model` takes text"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, line, says):
    """With its line, as all settings are."""
    file = tmp_path / "copilot.toml"
    file.write_text(line)

    with pytest.raises(InvalidSettings) as caught:
        read_settings(file)

    assert f"copilot.toml:1: {says}" in str(caught.value)
