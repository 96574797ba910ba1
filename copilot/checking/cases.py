"""For which case a rule holds: which severity, whom, where. Two figures for different cases agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    "severity": {
        "critical": r"critical", "high": r"high(?:est)?\b(?! availab|-availab)", "medium": r"medium|moderate", "low": r"low(?:est)?\b", "other": r"(?:all|and|or) others?\b|others? (?:within|are|is)\b|remaining|everything else",
        "urgent": r"urgent", "sev1": r"SEV[- ]?1|P1\b|severity (?:1|one)|priority (?:1|one)", "sev2": r"SEV[- ]?2|P2\b|severity (?:2|two)|priority (?:2|two)",
        "sev3": r"SEV[- ]?3|P3\b|severity (?:3|three)|priority (?:3|three)", "sev4": r"SEV[- ]?4|P4\b|severity (?:4|four)|priority (?:4|four)",
        "tier 1": r"tier[- ]?(?:1|one)|level[- ]?(?:1|one)\b", "tier 2": r"tier[- ]?(?:2|two)|level[- ]?(?:2|two)\b", "tier 3": r"tier[- ]?(?:3|three)|level[- ]?(?:3|three)\b",
        "restricted": r"restricted", "public": r"public (?:data|information)", "internal": r"internal (?:data|information)", "major": r"major", "minor": r"minor", "standard": r"standard change", "normal": r"normal change", "important": r"important",
    },
    "whom": {
        "contractor": r"contractors?|freelanc\w*|agency|temporary (?:staff|worker)|temps\b|consultants?", "vendor": r"vendors?|suppliers?|third[- ]part\w+|sub-?processors?|partners?", "visitor": r"visitors?|guests?", "temporary": r"temporary (?:\w+ )?accounts?|interim accounts?",
        "administrator": r"admin(?:istrator|istrative)?s?\b|privileged|super[- ]?(?:user|admin)\w*|root\b|elevated", "machine": r"service accounts?|machine|accounts of software|software accounts|bots?\b|system accounts?|non-human|robot|technical accounts?",
        "emergency account": r"break[- ]?glass|emergency account", "customer": r"customers?['’]?s? (?:accounts?|users?|passwords?|staff|log-?ins?|portals?)|customers\b(?= must| who sign)|end users", "remote": r"remote(?:ly)?\b",
    },
    "learner": {
        "engineer": r"engineers?|developers?|programmers?", "executive": r"executives?|directors?\b|board members?|leadership", "manager": r"managers\b", "responder": r"responders?\b|commanders?\b",
    },
    "told": {
        "customer": r"customers?|clients?|tenants?|controllers?\b", "authority": r"authorit(?:y|ies)\b|regulators?|commissioner|supervisory|ICO\b", "board": r"board\b|chief executive|CEO\b|senior management|executives?|leadership",
        "us": r"vendors? (?:must|shall|are|is|have|has|notif|inform|tell|report)|suppliers? (?:must|shall|are|is|have|has|notif|inform|tell|report)|(?:tell|notify|inform|telling|notifying|informing) us|third[- ]part\w+|processors?\b|sub-?processors?|suppliers?|vendors?",
        "staff": r"(?:everyone|employees?|staff|person|users?|workers?|personnel|people|colleagues?) (?:who \w+ \w+ )?(?:must |shall |should |has to |have to |are to )?(?:report|tell|inform|notif)\w*|report\w* (?:it |them )?to (?:the )?(?:security|IT|help|service|their manager|line manager)",
        "person": r"data subjects?|individuals?|affected persons?|affected people", "insurer": r"insur\w+", "public": r"status page|press\b|media\b", "police": r"police|law enforcement",
    },
    "asset": {
        "production": r"production", "staging": r"staging|test environments?|development environments?|non-production|sandbox|pre-production|dev\b|test systems?", "laptop": r"laptops?|workstations?|desktops?|notebooks?|macbooks?|endpoints?|computers?",
        "phone": r"phones?\b|mobiles?\b|tablets?|smartphones?", "server": r"servers?\b|hosts?\b", "database": r"databases?", "network": r"network (?:devices?|equipment)|switches|routers", "web": r"websites?|web pages|web applications?", "office": r"offices?\b(?! manager)", "data centre": r"data cent(?:er|re)s?|server rooms?",
        "wifi": r"wi-?fi|wireless|wlan", "vpn": r"VPN\b", "kiosk": r"kiosk|shared (?:computers?|devices?|workstations?)", "library": r"librar(?:y|ies)|dependenc(?:y|ies)|open[- ]source|packages?\b", "container": r"containers?|images?\b",
        "external": r"external(?:ly)?(?: facing)?|internet[- ]facing|perimeter|public[- ]facing|public addresses", "inside": r"internal (?:scan|network|system|host|server)s?|internally", "corporate": r"corporate|back[- ]office|office systems", "code": r"source code|repositor\w+|git\b", "file": r"file (?:shares?|servers?|storage)",
    },
    "copy": {
        "daily": r"daily(?= (?:\w+ )?(?:back|snap|copies|database))", "weekly": r"weekly(?= (?:\w+ )?(?:back|snap|copies|full|ones))", "monthly": r"monthly(?= (?:\w+ )?(?:back|snap|copies|full|ones))", "yearly": r"(?:yearly|annual)(?= (?:\w+ )?(?:back|snap|copies|full|archive|ones))", "full": r"full (?:back-?ups?|snapshot)|full ones", "incremental": r"incremental|differential|transaction logs?|log shipping|point[- ]in[- ]time",
        "hot": r"search(?:able|ed)?\b|local(?:ly)?\b|hot\b|online|immediately available|live\b|readily|quick(?:ly)?|active storage", "cold": r"archiv(?:e|es|al)\b|warm (?:storage|tier)|moved to|cold\b|offline|long[- ]term|glacier",
    },
    "record": {
        "personnel": r"personnel|employees?['’]? (?:records|files)|HR records|staff records", "financial": r"accounting|financial|payroll|invoices?|tax\b", "contract": r"contracts\b(?= (?:are|is)\b)", "recording": r"recordings?|camera|CCTV|video", "chat": r"slack|chat|messages", "e-mail": r"e-?mails?|mailbox\w*|mail\b",
        "candidate": r"candidates?|applicants?", "ticket": r"tickets?", "web server log": r"web server logs|access logs|application logs|debug logs", "security log": r"security logs|audit logs|security and audit logs|audit trails?", "visitor": r"visitors?",
    },
    "key": {
        "personal token": r"personal access tokens?", "access token": r"(?<!personal )access tokens?", "api key": r"API (?:keys?|tokens?)|access keys?|(?<!access )tokens?\b", "encryption key": r"KMS|encryption keys?|master keys?|customer master|data keys?|cryptographic keys?", "secret": r"secrets?\b|database passwords?", "certificate": r"certificates?", "ssh key": r"SSH", "signing key": r"signing keys?",
    },
    "way": {
        "stored": r"stor(?:ed|age|ing)\b|at rest|disks?\b|databases?|back-?ups?|volumes?|buckets?|laptops?", "moving": r"transit|on the move|in motion|TLS|wire|connections?|VPN|network traffic|cipher",
    },
    "scale": {
        "incident": r"incidents?|events?\b|outages?", "flaw": r"vulnerabilit\w+|flaws?|findings?|patch\w*", "data": r"data|information|confidential\w*|classif\w+ of", "vendor": r"vendors?|suppliers?|third[- ]part\w+", "risk": r"risks?\b", "change": r"changes?\b", "support": r"tickets?|support",
    },
    "topic": {
        "secure coding": r"secure[- ]coding|coding course|secure development training|OWASP", "privacy": r"privacy|GDPR|data protection|HIPAA|CCPA", "role-based": r"role[- ](?:based|specific)|specialist|specialised", "anti-bribery": r"brib\w+|corruption|harassment|money laundering|code of conduct",
    },
    "when": {
        "emergency": r"emergenc\w+|urgent|hot-?fix\w*|in a hurry|expedited", "hostile": r"for cause|involuntar\w+|dismiss\w*|hostile|fired|misconduct|not friendly|gross|sees a risk|high[- ]risk (?:leaver|termination|departure)", "voluntary": r"voluntar\w+|resign\w*", "joining": r"(?:new )?joine?r?s?\b|joining|new (?:hire|starter|employee|staff|people|colleague|recruit)s?|hired?\b|onboarding",
        "out of hours": r"outside (?:office|working|business) hours|weekends?|out of hours|at night|overnight", "exploited": r"exploited|zero[- ]days?|actively", "special approval": r"with (?:the )?(?:written )?approval of", "if": r"if (?:a|an|the|this|they|it|there|somebody|someone) \w+",
    },
    "step": {
        "warning": r"warn\w*|remind\w*|(?:days|weeks|months?|hours) before (?:an? |the |it|they|their|its|expir)", "first": r"initial(?:ly)?|first (?:response|notice|notification|warning)|preliminary|early warning", "final": r"final|detailed|full report|complete report|follow-up|written report", "update": r"updates?\b(?= (?:every|hourly|are|is|follow))|hourly",
    },
}  # fmt: skip
_PATTERNS: Final = {
    dimension: {name: re.compile(rf"\b(?:{text})", re.IGNORECASE) for name, text in tokens.items()}
    for dimension, tokens in _TOKENS.items()
}
_EVERYBODY: Final = re.compile(
    r"\b(?:(?:all|every|each) (?:employees?|staff|users?|people|person|personnel|workers?|accounts?|systems?)|everyone|"
    r"everybody|employees? and (?:contractors?|freelanc\w+|temporary)|staff and (?:contractors?|freelanc\w+|temporary)|"
    r"contractors?(?:,| and| or) (?:employees|staff)|employees, (?:contractors|freelanc\w+)|"
    r"users? and administrators?|(?:the )?same (?:limit |rule )?applies)\b",
    re.IGNORECASE,
)


ANYWHERE: Final = frozenset({"severity", "whom", "asset", "when"})
"""Dimensions in which most rules can differ; the others are looked at where a matter has them."""

_SHORT: Final = 4
"""Words of a heading that names a case: `Laptops`, not `Protecting the network and the service`."""


@dataclass(frozen=True, slots=True)
class Case:
    """For what a rule holds, as far as it says so: by dimension the names of what it speaks of."""

    named: Mapping[str, frozenset[str]]

    def differs(self, other: Case, usual: Collection[str] = ()) -> bool:
        """Say whether two rules are for different cases: one names what the other does not.

        Args:
            other: The other rule's case.
            usual: What goes without saying for the matter: to name it makes no other case.
        """
        for dimension in self.named.keys() | other.named.keys():
            mine = self.named.get(dimension, frozenset())
            theirs = other.named.get(dimension, frozenset())
            unsaid = not (mine and theirs) and (mine | theirs) <= set(usual)
            if not mine & theirs and not unsaid:
                return True
        return False


def case_of(*texts: str, heading: str = "", dimensions: Iterable[str] = ANYWHERE) -> Case:
    """Return the case that a rule is for.

    Args:
        texts: The item's label, the words around its figure, the sentence's beginning, the list's lead.
            What an earlier one says of a dimension counts.
        heading: The nearest heading above; a long one speaks of too much to tell a case.
        dimensions: In what the rules of the matter can differ.
    """
    short = heading if len(_WORDS.findall(heading)) <= _SHORT else ""
    named: dict[str, frozenset[str]] = {}
    for dimension in dimensions:
        for text in (*texts, short):
            if dimension == "whom" and _EVERYBODY.search(text):
                break
            found = frozenset(
                name for name, one in _PATTERNS[dimension].items() if one.search(text)
            )
            if found:
                named[dimension] = found
                break
    return Case(named)


_WORDS: Final = re.compile(r"[A-Za-z]{2,}")
