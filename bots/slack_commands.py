"""The slash command: `/soc2 ask …`, `prove`, `map`, `status`, `draft policy`, `help`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from bots.slack_answers import NO_READER
from bots.slack_blocks import Message, answer_message
from bots.slack_problems import explained
from bots.slack_questions import plain_question
from bots.slack_text import bullets, link, notification, paragraph, small, text
from copilot.bootstrap import drafting, mapping
from copilot.bootstrap.readiness import Question
from copilot.domain.access import Role
from copilot.domain.criteria import parse_criterion
from copilot.drafting import markup
from copilot.errors import BadInput, CannotConnect, CopilotError, NotPermitted
from copilot.service.permissions import ALLOWED, Permission

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond

    from bots.slack_answers import Replies
    from bots.slack_blocks import Links
    from bots.slack_work import Taking, TakingInTime, Turn
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal

COMMAND: Final = "/soc2"
SHORTCUT: Final = "ask_soc2"

_HELP: Final = (
    ("ask QUESTION", "a cited answer, which only you see"),
    ("prove STATEMENT", "what proves it: “prove that we review access”"),
    ("map CONTROL", "the criteria that a control serves, in your words"),
    ("status CRITERION", "how far a criterion is covered, such as CC6.1"),
    ("draft policy KIND", "a draft for review, such as “draft policy backup”"),
    ("help", "this"),
)
_SHOWN: Final = 5
_TAKEN: Final = 200


class Commands:
    """Does what is typed after the slash command; what it says is for whoever typed it."""

    def __init__(self, service: Service, *, replies: Replies, links: Links) -> None:
        self._service = service
        self._replies = replies
        self._links = links
        self._known: dict[str, Callable[[str, Principal], Message]] = {
            "ask": self._ask,
            "prove": self._prove,
            "map": self._map,
            "status": self._status,
            "draft": self._draft,
            "help": lambda _, __: self.help(),
        }

    def run(self, typed: str, user: str) -> Message:
        """Return what there is to say to a command.

        Args:
            typed: All that stands after the command's name.
            user: Who typed it.
        """
        asker = self._replies.asker(user)
        if asker is None:
            return _said(NO_READER)
        word, _, rest = typed.strip().partition(" ")
        known = self._known.get(word.lower())
        try:
            if known is not None:
                return known(plain_question(rest), asker)
            if not typed.strip():
                return self.help()
            if typed.strip().endswith("?"):
                return self._ask(plain_question(typed), asker)
        except CopilotError as exc:
            return _said(explained(exc))
        return self.help(f"I do not know “{word[:40]}”.")

    def help(self, first: str = "") -> Message:
        """Return what can be typed."""
        lines = [
            [text(f"{COMMAND} {usage}", code=True), text(f"  {what}")] for usage, what in _HELP
        ]
        head = [paragraph(text(first))] if first else []
        return Message([*head, bullets(lines)], "What can be asked")

    def shortcut(self, message: str, user: str) -> Message:
        """Return the answer to a message of somebody, for whoever asked about it."""
        return self.run(f"ask {message}", user)

    def _ask(self, said: str, asker: Principal) -> Message:
        if not said:
            raise BadInput("there is no question", hint=f"Type {COMMAND} ask and your question.")
        answer = self._service.answer(self._replies.asked(said), principal=asker)
        return answer_message(answer, self._links)

    def _prove(self, said: str, asker: Principal) -> Message:
        if not said:
            raise BadInput("prove what?", hint=f"Type {COMMAND} prove that we review access.")
        statement = said if said.lower().startswith(("that ", "how ")) else f"that {said}"
        return self._ask(f"How do I prove {statement.rstrip('?.')}?", asker)

    def _map(self, said: str, asker: Principal) -> Message:
        _check(asker, Permission.READ_CONTROLS)
        if not said:
            raise BadInput(
                "there is no control to map", hint=f"Type {COMMAND} map and what you do."
            )
        suggested = mapping.suggest_for(self._service.copilot, said)
        decided = [one for one in suggested.ranked if one.criterion in suggested.decided]
        if not decided:
            return _said(
                "This does not read like a control: no criterion is suggested. Say who does what, how often, "
                "and what record it leaves, such as “The team lead reviews access each quarter in the "
                "ticket system”."
            )
        lines = [
            [
                text(f"{one.criterion} ", bold=True),
                text(f"{round(100 * one.confidence)} %  {one.reason}"),
            ]
            for one in decided[:_SHOWN]
        ]
        return Message(
            [
                bullets(lines),
                small("Suggestions; a person decides which of them a control serves."),
            ],
            "Suggested criteria",
        )

    def _status(self, said: str, asker: Principal) -> Message:
        _check(asker, Permission.READ_READINESS)
        if not said:
            raise BadInput(
                "there is no criterion", hint=f"Type {COMMAND} status CC6.1, or another id."
            )
        wanted = parse_criterion(said)
        ready = self._service.readiness.readiness(Question(), principal=asker, points=False)
        one = next(one for one in ready.covered if one.id == wanted)
        controls = ", ".join(each.control.id for each in one.controls) or "none"
        lines = [
            [text("Controls: "), text(controls)],
            [text(f"Policies: {len(one.policies)}, records in the period: {len(one.evidence)}")],
        ]
        head = paragraph(
            text(f"{one.id} {one.title}: ", bold=True), text(f"{one.status}. {one.rule}")
        )
        return Message([head, bullets(lines)], notification(f"{one.id}: {one.status}"))

    def _draft(self, said: str, asker: Principal) -> Message:
        _check(asker, Permission.WRITE_ITEMS)
        what, _, kind = said.partition(" ")
        if what.lower() != "policy" or not kind.strip():
            raise BadInput("draft what?", hint=f"Type {COMMAND} draft policy backup.")
        copilot = self._service.copilot
        draft = drafting.draft_policy(
            copilot, kind, principal=asker, searching=self._service.searching
        )
        text_of = markup.write(draft)
        item = drafting.save_draft(copilot, draft, text_of, principal=asker)
        url = self._links.item(item.id)
        named = link(url, item.title) if url else text(item.title, bold=True)
        state = text(f" is kept as {item.id}, version {item.latest.number}, for review.")
        return Message([paragraph(named, state)], notification(f"Drafted {item.title}"))


def register(app: App, commands: Commands, *, taking: Taking, in_time: TakingInTime) -> None:
    """Have an app send the slash command and the shortcut where they belong.

    Args:
        app: Hears them.
        commands: Does what they ask for.
        taking: Takes what is done to its end.
        in_time: Takes what nobody waits for beyond its time.
    """

    def typed(ack: Ack, body: Mapping[str, Any], respond: Respond) -> None:
        ack()
        user, said = body["user_id"], str(body.get("text") or "")
        if said.strip().lower().startswith("draft"):
            # It is kept in any case, so that its author hears of it whenever it is there.
            taking(lambda: _respond(respond, commands.run(said, user)), body["channel_id"], user)
            return
        in_time(
            lambda turn: _respond_in(turn, respond, commands.run(said, user)),
            body["channel_id"],
            user,
        )

    def chosen(ack: Ack, body: Mapping[str, Any], respond: Respond) -> None:
        ack()
        user, said = body["user"]["id"], str(body["message"].get("text") or "")
        in_time(
            lambda turn: _respond_in(turn, respond, commands.shortcut(said, user)),
            body["channel"]["id"],
            user,
        )

    app.command(COMMAND)(typed)
    app.shortcut(SHORTCUT)(chosen)


def _respond_in(turn: Turn, respond: Respond, message: Message) -> None:
    if turn.speak():
        _respond(respond, message)


def _respond(respond: Respond, message: Message) -> None:
    sent = respond(
        text=message.text,
        blocks=list(message.blocks),
        response_type="ephemeral",
        unfurl_links=False,
        unfurl_media=False,
    )
    if sent.status_code != _TAKEN:
        raise CannotConnect(f"Slack answers {sent.status_code} to the reply to a command")


def _said(said: str) -> Message:
    return Message([paragraph(text(said))], notification(said))


def _check(asker: Principal, permission: Permission) -> None:
    if asker.role not in ALLOWED[permission]:
        roles = " or ".join(sorted(ALLOWED[permission] - {Role.AUDITOR}))
        raise NotPermitted(
            f"you may not {permission}: your role is {asker.role}",
            hint=f"Ask somebody with the role {roles}.",
        )
