"""A Slack, and what the bot consists of, over the sample company."""

from __future__ import annotations

import contextlib
import shutil
import threading
from datetime import UTC, datetime

import pytest

from bots.slack import SlackBot, Tokens
from bots.slack_answers import Replies
from bots.slack_blocks import Links
from bots.slack_directory import Directory, Rights
from bots.slack_rooms import Rooms
from copilot import config
from copilot.adapters.sql.conversations import SqlConversations
from copilot.bootstrap.service import Service
from copilot.domain.access import EVERYONE
from tests.bots.slack import APP_TOKEN, TEAM, TOKEN, Slack


@pytest.fixture
def slack():
    """Return a Slack; nothing that was shown in it may ping, lead away or break its limits."""
    made = Slack()
    yield made
    made.close()
    assert made.spoofs == []


@pytest.fixture(scope="session")
def service(sample_folder, tmp_path_factory):
    """Return the sample company's workspace, wired for many at once, in which questions are asked."""
    folder = tmp_path_factory.mktemp("asking") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    made = Service(config.find_workspace(folder))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _nothing_was_asked_before(request):
    """Forget the conversations of the test before, whose messages have the same names."""
    for name in {"service", "own_service"} & set(request.fixturenames):
        database = request.getfixturevalue(name).copilot.database
        always = datetime.max.replace(tzinfo=UTC)
        SqlConversations(database).forget(before=always, gone_before=always)


@pytest.fixture
def by_email(service):
    """Return a function that finds a person of the sample company by their address."""

    def find(email):
        people = [one for one in service.register.people() if one.active and one.email == email]
        return people[0] if people else None

    return find


@pytest.fixture
def replies(slack, service, by_email):
    """Return what answers questions in that Slack."""
    client = slack.client()
    directory = Directory(client, team=TEAM)
    rights = Rights(by_email, members=[EVERYONE])
    rooms = Rooms(client, directory, rights, configured={})
    return Replies(
        client,
        service,
        people=(directory, rights, rooms),
        links=Links("https://copilot.example"),
    )


@pytest.fixture(scope="session")
def own_service(sample_folder, tmp_path_factory):
    """Return a copy of the sample company, wired, which tests change."""
    folder = tmp_path_factory.mktemp("slack") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    made = Service(config.find_workspace(folder))
    yield made
    made.close()


@pytest.fixture
def connect(slack):
    """Return a function that connects a bot over a service to that Slack by its socket."""
    with contextlib.ExitStack() as stack:

        def connected(service, **more):
            tokens = Tokens(bot=TOKEN, app=APP_TOKEN)
            bot = SlackBot(service, tokens, api=slack.url, url="https://copilot.example", **more)
            listening = threading.Event()
            thread = threading.Thread(target=bot.listen, args=(listening.set,))
            before = slack.connections
            thread.start()
            stack.callback(thread.join, 30)
            stack.callback(bot.stop)
            assert listening.wait(30), "the bot does not listen"
            # Slack learns of it a moment later, and would still speak into the socket before.
            slack.until(lambda: slack.connections > before)
            return bot

        yield connected
