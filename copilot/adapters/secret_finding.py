"""Keys, tokens and passwords in text, by detect-secrets and by what it does not look for.

detect-secrets scans files of code: line by line, every filter for every line, 20 ms for a passage,
and it says what it found, not where. So its patterns are used directly and its settings, which are
global, are never touched. Three things are added: places, kinds of key that it does not know, and
passwords as people write them in a runbook, which it leaves out because code has none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Final

from copilot.adapters import secret_values
from copilot.domain.prompting import FoundSecret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_SCANNED: Final = (
    "artifactory.ArtifactoryDetector",
    "aws.AWSKeyDetector",
    "azure_storage_key.AzureStorageKeyDetector",
    "discord.DiscordBotTokenDetector",
    "github_token.GitHubTokenDetector",
    "gitlab_token.GitLabTokenDetector",
    "mailchimp.MailchimpDetector",
    "openai.OpenAIDetector",
    "pypi_token.PypiTokenDetector",
    "sendgrid.SendGridDetector",
    "slack.SlackDetector",
    "square_oauth.SquareOAuthDetector",
    "stripe.StripeDetector",
    "telegram_token.TelegramBotTokenDetector",
    "twilio.TwilioKeyDetector",
)
"""The plugins whose patterns are used. Left out: public addresses, which are no secret; what the
rules below find with fewer false alarms or whole (keywords, basic auth, JWT, private keys); and four
of IBM's and one of npm, which take more time than all others and which `_ASSIGNED` finds too."""

_RUN: Final = re.compile(r"[\w+/=.~-]{16,}")
"""Every key has such a run of characters, with a digit; most prose has none."""

_AROUND: Final = 12
"""Characters before a run that belong to some kinds of key: `https://`, the number of a bot."""

_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+){0,3}"  # JWT, signed or encrypted
    r"|(?:github_pat_|gh[pousr]_)\w[\w.-]{20,}"
    r"|xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|xapp-[\w-]{10,}"  # Slack
    r"|(?:[sr]k|pk)_(?:live|test)_\w{10,}|whsec_[\w+/=]{16,}"  # Stripe
    r"|sk-[A-Za-z0-9][\w-]{18,}"  # OpenAI, Anthropic and those who follow them
    r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"  # Google
    r"|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{50,}|dckr_pat_[\w-]{20,}"
    r"|hv[sbr]\.[\w-]{20,}|dop_v1_[0-9a-f]{40,}|dapi[0-9a-f]{32}(?:-\d)?"
    r"|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{30,}|lin_api_\w{30,}|ATATT3[\w=-]{30,}|PMAK-[\w-]{40,}"
    r"|NRAK-[A-Z0-9]{20,}|sntrys_[\w+/=]{30,}|glsa_\w{30,}|pul-[0-9a-f]{40}|figd_[\w-]{30,}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{40,}|key-[0-9a-f]{32}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{30,}"
    r")"
)
_HASHES: Final = re.compile(
    r"\$(?:2[abxy]|argon2(?:id?|d)|[156]|y|scrypt|pbkdf2[\w-]*)\$[\w./$=,+-]{20,}"
)
"""Hashes of passwords: with a weak password they are as good as it."""

_SIGNATURE: Final = re.compile(r"(?i)(?:[?&;]sig|signature)=([\w%+/=-]{20,})")
_HEADER: Final = re.compile(
    r"(?i)\b(?:bearer|ssws)\s+([\w.~+/-]{12,}=*)|\bauthorization\W{1,4}\w+\s+([\w.~+/:-]{8,}=*)"
)
_COMMAND: Final = re.compile(
    r"""(?:\s-u|--user)[ =]?\s*["']?(?=[^\s"']+:)([^\s"']+)|\blogin\s+\S+\s+password\s+(\S+)"""
)
_URL: Final = re.compile(r"""(?<=://)[^\s/?#"'<>:]*:([^\s/"'<>]+)@[\w.-]+""")
_PRIVATE: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.{0,20000}?-----END [A-Z0-9 ]*KEY(?: BLOCK)?-----"
    # A passage may have only a part of it.
    r"|-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\s|\\[nr]|[\w-]+: [^\n]*\n|[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]+={1,2})*"
    r"|(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{16,100}+={0,2}(?:\s|\\[nr])++){0,200}+"
    r"[A-Za-z0-9+/=]{0,100}\s{0,4}"
    r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"|PuTTY-User-Key-File-\d.{0,20000}?(?:Private-MAC: \w+|\Z)",
    re.DOTALL,
)
_KEY_LINES: Final = re.compile(r"(?:^[ \t]*[A-Za-z0-9+/]{60,76}\r?\n){3,}[ \t]*\S*", re.MULTILINE)
_PUBLIC: Final = re.compile(r"BEGIN [A-Z0-9 ]*(?:CERTIFICATE|PUBLIC KEY)")

_FOR_PEOPLE: Final = (
    r"passw(?:or)?d|passwort|passphrase|passcode|pwd|kennwort|lösenord|wachtwoord|contraseña"
    r"|de passe|(?<![a-z])(?:pass|pw)"
)
_FOR_PROGRAMS: Final = (
    r"secret[_ -]?(?:access[_ -]?)?key(?:[_ -]?base)?|secret|token|credentials?|"
    r"(?:api|access|auth|account|admin|client|database|db|deploy|encryption|licen[cs]e|master|"
    r"private|service|signing|ssh|storage|webhook)[_ -]?key|apikey"
)
_WORDS: Final = re.compile(rf"(?P<password>(?<!1)(?:{_FOR_PEOPLE}))|{_FOR_PROGRAMS}")
_HINTS: Final = tuple("pass pw wort lösenord contrase secret token credential key".split())
_ASSIGNED: Final = re.compile(
    r"""s?(?!\w)[\])}*"'`]{0,4}"""
    r"(?P<whose>[ \t]+(?:\([^)\n]{1,30}\)|(?:for|of|to)[ \t][^:=\n.;,|]{1,40}?))?"
    r"(?P<how>\s{0,3}(?::=|=>|={1,3}|:(?!//)|[|,])[*]{0,2}[ \t]*(?:\r?\n[ \t]*)?"
    r"|\s+(?:is|was|are|set\s+to)[ \t]*:?\s+"
    r"|(?(whose)(?!)|(?<=\w)[ \t]+))"
    r"""(?:@?["'`“](?P<quoted>[^\r\n"'`”]{3,200})["'`”]|(?P<bare>[^\s"'`|<>]{3,}))""",
    re.IGNORECASE,
)
_CANDIDATE: Final = re.compile(r"(?<![\w+/.-])[A-Za-z0-9+/_-]{20,}={0,2}")
_NEAR: Final = 60
"""Characters after such a word in which a random string counts as what the word speaks of."""

_RESOURCE: Final = re.compile(r"\barn:\S*$")
_IN_ADDRESS: Final = re.compile(r"://\S*$")
_HASHED: Final = re.compile(
    r"(?i)(?:sha-?\d*|md5|digest|hash|checksum|commit|revision|fingerprint|etag)\W{0,3}\w{0,8}\W{0,3}$"
)


class DetectSecretsFinder:
    """Finds what should never be sent to somebody else, whatever document it stands in."""

    def __init__(self, *, ordinary: Collection[str] = ()) -> None:
        """Take the common words of the language, in lower case.

        Args:
            ordinary: A single word after `password:` is taken for the password unless it is one of
                these: `password: rotated` says something about it.
        """
        self._ordinary = frozenset(ordinary)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        """The patterns of detect-secrets; loaded when first needed, as that takes .15 s."""
        from importlib import import_module

        plugins = (one.split(".") for one in _SCANNED)
        return tuple(
            pattern
            for module, name in plugins
            for pattern in getattr(import_module(f"detect_secrets.plugins.{module}"), name).denylist
        )

    def find(self, text: str) -> Sequence[FoundSecret]:
        """Return what was found, by place, not overlapping."""
        places: list[tuple[int, int]] = []
        if runs := [run for run in _RUN.finditer(text) if _has_digit(run.group())]:
            places.extend(self._keys(text, runs))
        if "://" in text:
            places.extend(_in_addresses(text))
        lowered = _lowered(text)
        if "login" in lowered or " -u" in text or "--user" in text:
            places.extend(_matched(_COMMAND, text))
        if any(hint in lowered for hint in _HINTS):
            words = list(_WORDS.finditer(lowered))
            places.extend(self._assigned(text, words))
            places.extend(_nearby(text, words))
        return [FoundSecret(start, end, "secret") for start, end in _joined(places)]

    def _keys(self, text: str, runs: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
        """Yield what is a key by its own form."""
        if "PRIVATE KEY" in text or "PuTTY" in text:
            yield from (match.span() for match in _PRIVATE.finditer(text))
        if not _PUBLIC.search(text):
            yield from (match.span() for match in _KEY_LINES.finditer(text))
        yield from (match.span() for match in _KEYS.finditer(text) if _has_digit(match.group()))
        yield from (match.span() for match in _HASHES.finditer(text))
        yield from _matched(_SIGNATURE, text)
        yield from _matched(_HEADER, text)
        for run in runs:
            around = max(0, run.start() - _AROUND), min(len(text), run.end() + 1)
            matches = (match for one in self._patterns for match in one.finditer(text, *around))
            yield from (_whole(text, match) for match in matches if _has_digit(match.group()))

    def _assigned(self, text: str, words: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
        """Yield what is said to be a password, a token or a key."""
        for word in words:
            match = _ASSIGNED.match(text, word.end())
            if match is None or _RESOURCE.search(text, max(0, word.start() - 80), word.start()):
                continue
            group = "quoted" if match["quoted"] else "bare"
            value = match[group]
            start = match.start(group)
            if group == "bare":
                value = value.rstrip(".,;:)]}*").lstrip("*(")
                start = text.index(value, start)
            said = secret_values.Said(
                # So far from the word, a value has to look like one.
                how=" is " if match["whose"] else match["how"],
                password=bool(word["password"]),
                quoted=group == "quoted",
                last=not text[match.end(group) :].partition("\n")[0].strip(" \t\r.,;\"'`)}]"),
            )
            if secret_values.is_secret(value, said, ordinary=self._ordinary):
                yield start, start + len(value)


def _matched(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where the groups of a pattern matched a value, and not what stands for one."""
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        if _has_digit(match[group]) and not secret_values.is_reference(match[group]):
            yield match.span(group)


def _in_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield who signs in, with what and where, from URLs that say so."""
    for match in _URL.finditer(text):
        if not secret_values.is_reference(match[1]):
            yield match.span()


def _lowered(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def _nearby(text: str, words: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield random strings that stand soon after a word such as password or token."""
    ends = [word.end() for word in words]
    for match in _CANDIDATE.finditer(text):
        passed = bisect_right(ends, match.start())
        after = ends[passed - 1] if passed else -_NEAR
        if match.start() - after > _NEAR:
            continue
        before = text[max(0, match.start() - 80) : match.start()]
        if _IN_ADDRESS.search(before) or _HASHED.search(before):
            continue  # an address that anybody may see; the mark of a file
        if secret_values.is_random(match.group()):
            yield match.span()


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _whole(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Return where the key itself stands, to its end.

    Some patterns have a group for the key within what is around it, some for its first letters;
    some take the quotes with it; and those that count characters leave the rest of a longer key.
    """
    start, end = match.span()
    if match.lastindex and len(match[1] or "") >= 12:
        start, end = match.span(1)
    while not text[start].isalnum():
        start += 1
    while not (text[end - 1].isalnum() or text[end - 1] in "=_-/+"):
        end -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "_-="):
        end += 1
    return start, end


def _joined(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the places in order, those that overlap as one."""
    start, end = -1, -1
    for begins, ends in sorted(places):
        if begins >= end:
            if start < end:
                yield start, end
            start, end = begins, ends
        end = max(end, ends)
    if start < end:
        yield start, end
