"""Tell a password or a key from what documents say about passwords and keys."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_REFERENCE: Final = re.compile(
    r"[$%@!]?[({<\[].*"  # {{ db_password }}, <password>, $(pass show x), [hidden]
    r"|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%"
    r"|.*(?:\w\(|\$\{|\{\{).*"  # a call, or a part to be filled in
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # the name of a variable
    r"|[A-Za-z_]+(?:\.[A-Za-z_]+)+"  # settings.password
    r"|[\w.-]*(?:://|arn:|alias/|::).*|op:.*"
    r"|[*•·.xX_#-]{3,}|(?i:redacted|removed|masked|hidden|example|placeholder)\W*",
    re.DOTALL,
)
_PATH: Final = re.compile(r"(?:\.{0,2}/|\w[\w-]*/[\w.-]*/|[\w-]+/[\w-]+\.\w{1,5}$)[\w./-]*")

_UNIT: Final = (
    r"chars?|characters?|digits?|letters?|symbols?|words?|bits?|bytes?|[kmg]b|s|secs?|seconds?|m"
    r"|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|y|years?|x|times?|st|nd|rd|th|fa|factor"
    r"|step|way"
)
_METHOD: Final = (
    r"argon2|bcrypt|scrypt|pbkdf2|ed25519|base64|webauthn|yubikey|1password|lastpass|bitwarden|knowbe4"
    r"|fido2|oauth|(?:sha-?|md5|hmac|aes|rsa|ecdsa|oidc|saml|totp|hotp|u2f|2fa|mfa|auth0|s3|ec2|k8s|kms"
    r"|x\.?509|iso|nist|rfc|soc|pci|fips|cis|tls|ssl|http|utf)(?![a-z])"
)
_FACT: Final = re.compile(
    rf"(?i:\d+(?:[.,]\d+)?[-–]?(?:{_UNIT})(?:[-–/][a-z]+)*)"
    r"|\d{4}-\d\d-\d\d(?:T.*)?|\d{1,2}[:.]\d\d(?::\d\d)?(?:[ap]m|Z)?"
    r"|v?\d+(?:\.\d+)+(?:[-.]?\w{1,5})?|Q[1-4](?:[-/]?\d{2,4})?|FY\d+"
    r"|[A-Z]{1,6}-\d{1,5}|[A-Z]{1,3}\d{1,2}(?:\.\d+)*"  # SEC-118, CC6.1
    rf"|(?i:(?:[a-z]+[-/])?(?:{_METHOD})[\w./-]*)"
)
"""Lengths, times, dates, ids, methods, products and standards: what a policy says of passwords."""

_SAID_OF_THEM: Final = frozenset(
    "absent active always automatic automatically available banned blocked blank changed changes "
    "checked complex complexity compulsory compromised confidential default deleted denied disabled "
    "empty enabled encrypted enforced expired expires failed failure false forbidden forced generated "
    "hardware hashed hidden history inactive individual internal invalid issued known leaked length "
    "locked lockout long managed manager mandatory manual masked maximum minimum missing must never "
    "none null obsolete off on only optional passed policy private prohibited protected random "
    "recommended removed renewed required reset resets restricted restrictions revoked rotated rotates "
    "rotation salted secret secure shared short stored strength strong true undefined unique unknown "
    "unset valid verified weak yes".split()
)
_PROSE: Final = frozenset(
    "a all an and any are as at be by can characters each every for from has have if in is it least "
    "length long may minimum must no not of on one only or policy should than that the them they this "
    "to until when which with your".split()
)
_SYMBOLS: Final = frozenset("!@#$%^&*?~+=\\")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_IDENTIFIER: Final = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a text comes to speak of a value."""

    how: str
    """What stands between the word and the value: `: `, `=`, ` is `."""
    password: bool
    """Whether the word means a password, and not a key or a token."""
    quoted: bool
    last: bool
    """Whether nothing follows on the line."""


def is_reference(value: str) -> bool:
    """Say whether a value only stands for one: a variable, a path, asterisks."""
    if _REFERENCE.fullmatch(value):
        return True
    # Keys in base64 have slashes too.
    return _PATH.match(value) is not None and not is_random(value)


def is_secret(value: str, said: Said, *, ordinary: Collection[str]) -> bool:
    """Say whether a value that stands after a word such as password is one.

    Args:
        value: What stands there, without quotes.
        said: How it comes to stand there.
        ordinary: Common words in lower case.
    """
    if len(value) < 4 or value.startswith("&") or is_reference(value):
        return False
    if _FACT.fullmatch(value) and not (len(value) >= 20 and is_random(value)):
        return False
    how = said.how.strip()
    if " " in value:
        return said.quoted and _is_phrase(value, said, how)
    if not how or how in {"|", ","}:  # the next word, the next cell of a row
        cell = re.split(r"[,;(\[]", value)[0]
        return _is_mixed(cell) or (bool(how) and said.password and _is_strong(cell))
    if "\n" in said.how or how[0].isalpha():
        return _is_strong(value)
    if _is_strong(value) or (how.startswith("=") and value.isupper() and len(value) >= 16):
        return True
    alone = said.quoted or said.last
    return said.password and alone and _is_unusual(value, ordinary)


def is_random(value: str) -> bool:
    """Say whether a string of 20 characters or more looks drawn by lot."""
    from detect_secrets.filters.heuristic import is_sequential_string
    from detect_secrets.plugins.high_entropy_strings import HexHighEntropyString

    if _IDENTIFIER.search(value) or is_sequential_string(value):
        return False
    if _HEX.fullmatch(value):
        limit = HexHighEntropyString()
        return len(value) >= 32 and limit.calculate_shannon_entropy(value) > limit.entropy_limit
    digits = sum(one.isdigit() for one in value)
    mixed = any(one.isupper() for one in value) and any(one.islower() for one in value)
    if digits < (1 if mixed else 5):
        return False
    # Names and paths change between letters, capitals and digits at the start of words only.
    kinds = [one.isupper() * 2 + one.isdigit() for one in value]
    changes = sum(first != second for first, second in pairwise(kinds))
    return changes > 0.3 * len(value) and _entropy(value) > 3.5


def _entropy(value: str) -> float:
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def _is_strong(value: str) -> bool:
    """Say whether a word is more than letters, as passwords are and prose is not."""
    letters = any(one.isalpha() for one in value)
    digits = any(one.isdigit() for one in value)
    symbols = any(one in _SYMBOLS for one in value[:-1])
    return letters and (digits or (symbols and len(value) >= 6))


def _is_mixed(value: str) -> bool:
    """Say whether a word would be taken for a password even with nothing that says so."""
    return (
        len(value) >= 7
        and any(one.isdigit() for one in value)
        and any(one.islower() for one in value)
        and (any(one in _SYMBOLS for one in value) or any(one.isupper() for one in value[1:]))
    ) or (len(value) >= 16 and is_random(value))


def _is_unusual(value: str, ordinary: Collection[str]) -> bool:
    """Say whether a lone word is none that would be said of a password."""
    word = value.lower()
    return len(word) >= 6 and word.isalpha() and word not in _SAID_OF_THEM and word not in ordinary


def _is_phrase(value: str, said: Said, how: str) -> bool:
    """Say whether quoted words are a pass phrase."""
    words = value.split()
    plain = all(word.strip(".-").isalnum() for word in words)
    return (
        said.password
        and how[:1] in {"=", ":"}
        and len(words) >= 3
        and plain
        and not _PROSE & {word.lower() for word in words}
    )
