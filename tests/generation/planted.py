"""Secrets and addresses as careless documents hold them, made at run time: none is real, and none
stands in this repository for a scanner to find."""

from __future__ import annotations

import base64
import json
import string
from dataclasses import dataclass
from random import Random

_DRAWN = Random(2025)  # noqa: S311  the same every time
_ALPHANUMERIC = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def drawn(length, alphabet=_ALPHANUMERIC):
    """Return a string drawn by lot; one of eight letters or more has a digit, if it can."""
    text = "".join(_DRAWN.choice(alphabet) for _ in range(length))
    if length < 8 or "2" not in alphabet or any(one.isdigit() for one in text):
        return text
    return drawn(length, alphabet)


def _encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _private_key(kind, lines=8):
    rule = "-" * 5
    body = "\n".join(drawn(64, _ALPHANUMERIC + "+/") for _ in range(lines))
    return f"{rule}BEGIN {kind}PRIVATE KEY{rule}\n{body}\n{drawn(30)}==\n{rule}END {kind}PRIVATE KEY{rule}"


@dataclass(frozen=True)
class Plant:
    """Something that must not be sent, in words that might stand around it."""

    kind: str
    value: str
    around: str

    @property
    def text(self):
        """Return the words with the value in them."""
        return self.around.replace("@@", self.value)

    def __str__(self):
        """Return the kind: a test's id."""
        return self.kind


_uuid = "-".join(drawn(length, _HEX) for length in (8, 4, 4, 4, 12))
_jwt = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded({'sub': '17', 'iat': 1})}.{drawn(43)}"

SECRETS = [
    Plant("aws key id", "AKIA" + drawn(16, string.ascii_uppercase + "234567"), "The deploy user has @@ since May."),
    Plant("aws temporary id", "ASIA" + drawn(16, string.ascii_uppercase + "234567"), "aws sts said @@."),
    Plant("aws secret", drawn(40, _ALPHANUMERIC + "/+"), "aws_secret_access_key = @@"),
    Plant("aws secret in prose", drawn(40), "Secret access key for the backup account: @@\nKeep it."),
    Plant("github", "ghp_" + drawn(36), "git clone https://@@@github.com/example/app"),
    Plant("github", "github_pat_" + drawn(22) + "_" + drawn(59), "The bot signs in with `@@`."),
    Plant("gitlab", "glpat-" + drawn(20), "runner: @@"),
    Plant("slack", "xoxb-" + drawn(12, string.digits) + "-" + drawn(12, string.digits) + "-" + drawn(24), "SLACK=@@"),
    Plant("slack", "xapp-1-" + drawn(11) + "-" + drawn(13, string.digits) + "-" + drawn(64, _HEX), "Socket Mode: @@"),
    Plant(
        "slack webhook",
        f"https://hooks.slack.com/services/T{drawn(8)}/B{drawn(8)}/{drawn(24)}",
        "Alerts are posted to @@ by Datadog.",
    ),
    Plant("stripe", "sk_live_" + drawn(24), "billing used @@ until June"),
    Plant("stripe", "rk_live_" + drawn(40), '"stripe": "@@"'),
    Plant("jwt", _jwt, "curl -H 'X-Session: @@' https://api.example.com"),
    Plant("bearer", drawn(40), "Authorization: Bearer @@"),
    Plant("basic", base64.b64encode(b"jo:" + drawn(9).encode()).decode(), "Authorization: Basic @@"),
    Plant("private key", _private_key("RSA "), "The key in the repository was:\n@@\nIt was revoked."),
    Plant("private key", _private_key("OPENSSH ", 5), "id_ed25519:\n\n@@\n"),
    Plant("private key", _private_key("").replace("\n", "\\n"), '{"type": "service_account", "private_key": "@@\\n"}'),
    Plant("url with a password", "deploy:" + drawn(12), "wget https://@@@files.example.com/backup.tgz"),
    Plant("database url", "bookings:" + drawn(16), "DATABASE_URL=postgres://@@@db.internal.example:5432/bookings"),
    Plant("database url", "root:p$" + drawn(8) + "!", "mysql://@@@10.1.2.3/bookings?ssl=1"),
    Plant("connection string", drawn(12) + "!", "Server=db;User Id=app;Password=@@;Encrypt=yes"),
    Plant("azure", drawn(86, _ALPHANUMERIC + "+/") + "==", "AccountName=logs;AccountKey=@@;EndpointSuffix=x"),
    Plant("azure signature", drawn(43) + "%3D", "https://logs.blob.example.com/x?sv=2024-01-01&sig=@@&se=2026"),
    Plant("openai", "sk-proj-" + drawn(48), "OPENAI_API_KEY=@@"),
    Plant("openai", "sk-" + drawn(20) + "T3BlbkFJ" + drawn(20), "(old key @@, rotated)"),
    Plant("anthropic", "sk-ant-api03-" + drawn(60), "export KEY=@@"),
    Plant("google", "AIza" + drawn(35), "maps: @@"),
    Plant("sendgrid", "SG." + drawn(22) + "." + drawn(43), "mail goes out with @@"),
    Plant("npm", "npm_" + drawn(36), "//registry.example.com/:_authToken=@@"),
    Plant("twilio", "SK" + drawn(32, _HEX), "text messages: @@"),
    Plant("artifactory", "AKC" + drawn(60), "jfrog @@ "),
    Plant("mailchimp", drawn(32, _HEX) + "-us12", "news: @@"),
    Plant("telegram", drawn(9, "123456789") + ":" + drawn(35), "The bot is @@."),
    Plant("hash of a password", "$2b$12$" + drawn(53), "admin,@@,2025-01-04"),
    Plant("uuid as a secret", _uuid, "client_secret: @@"),
    Plant("random near a word", drawn(32), "the token for staging, as Dev sent it on Monday: @@ thanks"),
    Plant("random near a word", drawn(40, _HEX), "| Token of the monitor | see below |\n@@"),
    Plant("api key", drawn(32, _HEX), "datadog:\n  api_key: @@\n  site: eu"),
    Plant("totp", drawn(24, string.ascii_uppercase), "otpauth://totp/VPN?secret=@@&issuer=x"),
    Plant("password", "hunter" + "2", "password: @@"),
    Plant("password", "sword" + "fish", "The safe in London\nPassword: @@\nCombination with Jo"),
    Plant("password", "Summer" + "2024!", "After the exercise the password was @@, which is changed."),
    Plant("password", "Harbour" + "!2025", "Wi-Fi password for guests: @@"),
    Plant("password", "Xk9#" + "mQ2;pp", "export PGPASSWORD=@@"),
    Plant("password", "Tr0ub4" + "dor&3", '{"user": "jo", "password": "@@", "mfa": true}'),
    Plant("password", "Wint3r" + "Storm", "| Password | @@ |"),
    Plant("password", "Xk9m" + "Q2zz", "Use the password @@ until then."),
    Plant("password", "Geheim" + "2024", "Passwort: @@"),
    Plant("password", "corr3ct" + "-horse", "DB_PASS='@@'"),
    Plant("password", "monday" + "77", "machine db.example.com login app password @@"),
    Plant("password", "jo:wander" + "9", "curl -u @@ https://api.example.com"),
    Plant("pass phrase", " ".join(("purple", "harbour", "seven", "lamps")), 'passphrase = "@@"'),
]  # fmt: skip

ADDRESSES = [
    Plant("address", "jo.berg@example.com", "Write to @@."),
    Plant("address", "Jo.Berg+soc2@Mail.Example.co.uk", "from: Jo <@@>"),
    Plant("address", "o'brien@example.org", "'@@'"),
    Plant("address", "jörg@müller.example", "mailto:@@?subject=x"),
    Plant("address", "jo%40example.com", "https://example.com/reset?to=@@"),
    Plant("address", "jo.berg@\n  example.com", "A line was broken: @@ in the PDF"),
    Plant("address", "jo.berg [at] example.com", "spelt out: @@"),
    Plant("phone", "+46 8 123 456 78", "The desk answers at @@, day and night."),
    Plant("phone", "+1 (555) 010-1234", "Call @@"),
    Plant("phone", "(555) 234-0199", "office @@, floor 2"),
    Plant("phone", "020 7946 0958", "Tel.: @@"),
]

PROSE = [
    "password: at least 14 characters",
    "Password: 14 characters minimum, and a second factor",
    "Passwords must have 12 characters and are never sent by e-mail.",
    "The password must contain at least 1 digit.",
    "Password: required",
    "password: rotated",
    "Passwords: rotated every 90 days",
    "password_min_length = 14",
    '{"password": {"minLength": 14, "leaked_password_check": true}}',
    "Password history: 24",
    "Password policy: 14+ characters, 3 of 4 classes",
    "passwords: 12+ characters",
    "password: SHA-256",
    "The password is Argon2id hashed with a salt.",
    "The password is 1Password-generated.",
    "1Password,Password store,2,Encrypted secrets of staff,EU",
    "1Password,v8.10,macOS14",
    "Token: FIDO2",
    "token: hardware",
    "Token: JWT (RS256)",
    "Token: expires after 30 days",
    "API tokens expire after twelve months (CHG-199).",
    "token endpoint https://auth.example.com/oauth2/v1/token",
    "Secrets: Restricted",
    "secret: SEC-118",
    "API key: CC6.1",
    "API keys: 90-day rotation",
    "The access keys are older than 90 days: none",
    "Private key: RSA-4096, stored in KMS",
    "Token: see policies/passwords.md",
    "password: ${DB_PASSWORD}",
    'password = os.environ["DB_PASSWORD"]',
    'password = get_secret("db")',
    "password: {{ vault.db }}",
    "password: <your password>",
    "password: ********",
    "password: [hidden]",
    "postgres://user:${PGPASSWORD}@db/app",
    "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123",
    "key: alias/secrets",
    "account 123456789012 has 2 access keys",
    "AROAEXAMPLE" + "ID12345 assumed the role that may read a secret",
    "job=secrets-export state=COMPLETED size=0.002GB",
    "passed the secret scan: commit " + drawn(40, _HEX),
    "secret scan of image sha256:" + drawn(64, _HEX),
    "[Secret management](https://docs.example.com/document/d/1" + drawn(42) + "/edit)",
    "image " + drawn(64, _HEX) + " was pulled",
    "Check: iam_rotate_access_key_90_days, iam_user_accesskey_unused",
    "Two people keep the root account password: one in London, one in Malmö",
]
