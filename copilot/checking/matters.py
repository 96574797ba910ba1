"""What policies set figures for: password length, removal of a leaver's access, retention of logs.

Two rules can only be in conflict if they are on one matter. The same matter is worded in many ways, and
different ones in nearly the same words, so a matter is told by what must be spoken of and what must not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.checking.cases import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Collection


class Bound(IntEnum):
    """Which of two figures on a matter is the stricter."""

    LESS = -1
    NEITHER = 0
    MORE = 1


TIMES: Final = frozenset({"deadline", "span", "every", "frequency"})
_SPANS: Final = TIMES - {"frequency"}
_CADENCE: Final = frozenset({"frequency", "every"})
_COUNT: Final = frozenset({"count"})
_LENGTH: Final = frozenset({"length"})
_SHARE: Final = frozenset({"share"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that a company has one rule for in each case."""

    id: str
    """As a person calls it: `password length`."""
    amounts: Collection[str]
    """Kinds of quantities that a rule on it has."""
    does: str
    """What the words around the figure must speak of."""
    about: tuple[str, ...] = ()
    """What they or the headings above must speak of as well."""
    without: str = ""
    """What must not stand near the figure; then it is another matter."""
    touching: str = ""
    """What must stand right beside the figure: the thing that is counted."""
    stricter: Bound = Bound.NEITHER
    differs_by: Collection[str] = ANYWHERE
    """Dimensions of `cases` that tell its cases apart."""
    usual: Collection[str] = ()
    """Names of cases that go without saying."""
    titled: bool = False
    """Whether a policy's title says that its sentences are on this matter."""
    all_systems: bool = False
    """Whether the name of a system tells no case apart: it is one rule for all of them."""
    patterns: tuple[re.Pattern[str], ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        texts = (self.does, self.without, self.touching, *self.about)
        object.__setattr__(self, "patterns", tuple(_compiled(one) for one in texts))

    def is_meant(self, near: str, wide: tuple[str, str], beside: str) -> bool:
        """Say whether a figure is on this matter; see `matter_of`."""
        does, without, touching, *about = self.patterns
        above = " ".join(wide) if self.titled else wide[0]
        return (
            bool(does.search(near))
            and not (self.without and without.search(near))
            and not (self.touching and not touching.match(beside))
            and all(one.search(f"{near} {above}") for one in about)
        )


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


_SECRET_WORD: Final = r"pass ?words?|passphrases?|passcodes?"  # noqa: S105  no secret
_LEAVER: Final = (
    r"leav(?:er|ers|ing|es)\b|terminat|depart(?:s|ed|ing|ure)\b|off-?board|last (?:working |business )?day|separat|"
    r"resign|dismiss|end of (?:their |the )?(?:employment|engagement)|former (?:employee|staff|worker|user)|"
    r"no longer (?:work|employ)|exit(?:s|ing)?\b|employment ends|their (?:end|departure)|job ends"
)
_REMOVE: Final = (
    r"remov|revok|revoc|disabl|deactivat|suspend|withdraw|delet|clos|terminat|block|end(?:s|ed)?\b|de-?provision|"
    r"cut|shut|switch|lock|cease"
)
_ACCESS: Final = r"access|accounts?\b|credentials?|log-?ins?\b|permissions?|privileges?|entitlements?|user rights?"
_REVIEW: Final = r"review|recertif|attest|re-?validat|audited|check|look|verif|inspect|compar|reconcil|examin|go(?:es)? (?:through|over)"
_BACKUP: Final = r"back(?:s|ed|ing)?[- ]?ups?|snapshots?"
_KEEP: Final = r"kept|keep|retain|retention|stor(?:e|ed|age)\b|archiv|preserv|held|hold|available|searchable|maintain"
_INCIDENT: Final = r"incidents?|breach|compromise|security events?|data leak"
_TELL: Final = r"notif|inform|tell|told|report|alert|communicat|disclos|notice"
_FIX: Final = (
    r"patch|fix|remediat|repair|mend|resolv|appl(?:y|ied)|install|address|clos|correct|mitigat|updat|deploy|deadline|"
    r"time allowed"
)
_FLAW: Final = (
    r"vulnerabilit|patch|flaws?\b|weakness|CVEs?\b|security updates?|security fix|findings?"
)
_TEST: Final = (
    r"test|exercis|rehears|drill|simulat|practi[sc]e|tri(?:ed|al)\b|tabletop|table-top|restor"
)
_VENDOR: Final = r"vendor|supplier|third[- ]part|sub-?processor|subservice|service provider|partner"
_KEY: Final = r"keys?\b|secrets?\b|tokens?\b|certificates?\b|credentials?|API"
_TRAIN: Final = r"train|course|awareness|e-learning|education|learning"
_JOIN: Final = r"join|hir(?:e|ed|ing)|start(?:s|ed|ing)?\b|onboard|new (?:employee|starter|joiner|staff|hire|colleague|recruit|team)|first (?:working )?day|employment begins"
_CHANGE: Final = r"changes?\b|releases?\b|deploy|pull requests?|merge|code|requests?\b"
_SEVERITIES: Final = r"severit|priorit|incident levels?|incident class|SEV|classes of incident"

MATTERS: Final[tuple[Matter, ...]] = (
    Matter(id="password length", amounts=_LENGTH, does=_SECRET_WORD, stricter=Bound.MORE, differs_by=ANYWHERE | {"key"}, usual={"laptop"}),
    Matter(id="password history", amounts=_COUNT, does=r"re-?us|histor|previous|last|repeat", about=(_SECRET_WORD,),
           touching=r"passwords?|generation|last|previous|times", stricter=Bound.MORE),
    Matter(id="password expiry", amounts=TIMES, does=r"expir|chang|rotat|renew|valid|replac|reset|age|updat", about=(_SECRET_WORD,),
           without=r"lock|idle|inactiv|link|attempt|keys?\b|secrets?\b|tokens?\b|session|manager of|database", stricter=Bound.LESS),
    Matter(id="failed sign-ins before an account is locked", amounts=_COUNT, does=r"lock|block|disabl|suspend|attempt",
           about=(r"attempt|log-?ins?|sign-?ins?|password|guess|tries|logon",),
           touching=r"\w*(?:\W+(?:failed|unsuccessful|wrong|incorrect|invalid|consecutive|bad|failing|log-?in|sign-?in|password|authentication|logon|false))*\W+(?:attempts?|tries|log-?ins?|sign-?ins?|passwords?|guesses|times|entries|logons?|failures)",
           stricter=Bound.LESS),
    Matter(id="how long a locked account stays locked", amounts=_SPANS, does=r"lock(?:s|ed|out|-out)?\b", about=(r"account|attempt|user|log-?in|sign-?in|password",),
           without=r"screen|laptop|device|workstation|computer|idle|inactiv|unattended|without activity|session", stricter=Bound.MORE),
    Matter(id="time until a screen locks", amounts=_SPANS, does=r"lock|screen ?saver|sleep", about=(r"screen|laptop|device|workstation|computer|desktop|machine|phone|notebook|endpoint",),
           without=r"attempt|stolen|lost|session|wip", stricter=Bound.LESS, usual={"laptop"}),
    Matter(id="time until an idle session ends", amounts=_SPANS, does=r"idle|inactiv|without activity|unused|no activity|unattended|not being used|time(?:s|d)?[- ]?outs?",
           about=(r"session|sign(?:s|ed)? (?:out|off)|log(?:s|ged)? (?:\w+ )?(?:out|off)|time(?:s|d)?[- ]?outs?|console",),
           without=r"screen|lock|in any case|absolute", stricter=Bound.LESS),
    Matter(id="longest session", amounts=_SPANS, does=r"in any case|absolute|at (?:the )?most|maximum|longest|lifetime|in all|re-?authenticat|sign in again|log in again|regardless|limited to|hard limit",
           about=(r"session",), without=r"idle|inactiv|without activity", stricter=Bound.LESS),
    Matter(id="return of equipment", amounts=_SPANS, does=r"return|hand(?:s|ed)? (?:back|in|over)|collect|give back|courier",
           about=(r"laptop|equipment|device|assets?\b|badge|fob|hardware|property",), stricter=Bound.LESS),
    Matter(id="removal of a leaver's access", amounts=_SPANS, does=_REMOVE, about=(_LEAVER, _ACCESS),
           without=r"customer|vendor|supplier|laptop|equipment|devices?\b|courier|unused|inactiv|dormant|dispos|role change|chang(?:es?|ed|ing)? (?:of )?(?:role|position|job)|transfer|log retention|mailbox|data\b|backups?|ticket|records?\b|kept|retained|permanently|after being disabled",
           stricter=Bound.LESS, all_systems=True, differs_by={"whom", "when"}),
    Matter(id="removal of access after a change of role", amounts=_SPANS, does=rf"{_REMOVE}|adjust|chang|updat",
           about=(r"chang\w* (?:of )?(?:role|position|job|team|department|dut)|transfer|mov(?:e|es|er|ers|ing)\b|new role|change of role|role change|switch\w* (?:role|team)", _ACCESS),
           without=r"ahead|before|in advance|project|copy", stricter=Bound.LESS, differs_by={"whom", "when"}),
    Matter(id="accounts that nobody uses", amounts=_SPANS, does=r"unused|inactiv|dormant|without a (?:sign|log)|not (?:been )?used|no sign|no log|not (?:signed|logged)|idle",
           about=(r"account|user|access", _REMOVE), without=r"session|screen|deleted after|customer", stricter=Bound.LESS),
    Matter(id="review of physical access", amounts=_CADENCE, does=_REVIEW, about=(r"door|badge|fob|key ?cards?|physical|office|building|data cent",),
           without=r"camera|visitor|fire|audit report|capacity|log", stricter=Bound.LESS, differs_by={"asset", "whom"}, usual={"office"}),
    Matter(id="review of firewall rules", amounts=_CADENCE, does=_REVIEW, about=(r"firewall|security groups?|WAF|network rules|network access control|ACLs?\b|rule ?sets?",), stricter=Bound.LESS),
    Matter(id="review of logs", amounts=_CADENCE, does=_REVIEW, about=(r"\blogs?\b|audit trails?",), without=r"access review|account|is monitored|expos|replac|kept|retain|risk|backup|job|policy", stricter=Bound.LESS, differs_by={"asset", "record"}),
    Matter(id="review of vendors", amounts=_CADENCE, does=rf"{_REVIEW}|(?:re-?)?assess|evaluat|due diligence|questionnaire|monitor", about=(_VENDOR,),
           without=r"account|access|days?' notice|breach|incident|delet|clean|within|misses|fails|sign(?:ed|ature)", stricter=Bound.LESS, differs_by={"severity", "when"}, titled=True),
    Matter(id="review of access", amounts=_CADENCE, does=_REVIEW, about=(r"access (?:right|review|list|to)|access\b(?! control polic)|accounts?\b|permissions?|privileges?|entitlements?|user rights?|recertif|memberships?",),
           without=r"polic(?:y|ies)\b|log\b|logs\b|within|carried out|door|badge|fob|physical|firewall|use is|emergency|break[- ]glass|Terraform|job compares|is monitored|are monitored|risk|incident|vulnerab|vendor|supplier|capacity|backup|training|code|pull",
           stricter=Bound.LESS, differs_by={"whom", "asset", "when", "severity"}),
    Matter(id="training of new people", amounts=_SPANS, does=rf"{_TRAIN}", about=(_JOIN,), without=r"polic(?:y|ies) (?:are|is)|every year|annual", stricter=Bound.LESS, differs_by={"learner", "topic", "whom"}),
    Matter(id="acknowledgement of policies", amounts=TIMES, does=r"acknowledg|sign(?:s|ed)?\b|confirm|accept|agree|read\b", about=(r"polic|handbook",),
           without=r"review(?:ed|s)?\b|train|vendor|contract|background|code of conduct", stricter=Bound.LESS, differs_by={"when", "whom"}),
    Matter(id="signature of the code of conduct", amounts=TIMES, does=r"acknowledg|sign(?:s|ed)?\b|confirm|accept|agree|read\b", about=(r"code of conduct|code of ethics",), without=r"review(?:ed|s)?\b", stricter=Bound.LESS, differs_by={"when", "whom"}),
    Matter(id="phishing exercises", amounts=_CADENCE, does=r"phish", about=(r"simulat|exercis|test|campaign|mail|practice|drill|mock",), without=r"report|lesson|who click|times", stricter=Bound.LESS, differs_by={"learner"}),
    Matter(id="security training", amounts=_CADENCE, does=_TRAIN, without=r"log\b|minutes?\b|deadline|due|phish|table|exercise", stricter=Bound.LESS, differs_by={"learner", "topic", "whom"}),
    Matter(id="pass mark of the training", amounts=_SHARE, does=r"test|quiz|score|pass", about=(_TRAIN,), stricter=Bound.MORE, differs_by={"learner", "topic"}),
    Matter(id="penetration test", amounts=_CADENCE, does=r"penetration|pen[- ]?test|ethical hack|outside firm tests|external test", without=r"finding|repair|fix|remediat|rates|within|retest|older|report|kept", stricter=Bound.LESS, differs_by={"asset"}, usual={"external", "web"}),
    Matter(id="vulnerability scans", amounts=_CADENCE, does=r"scan", about=(r"vulnerab|system|host|infrastructure|container|network|server|weakness|perimeter|external|addresses",), without=r"fix|repair|remediat|secret|patch(?:ed|es)? within|visitor|document|virus|malware", stricter=Bound.LESS, differs_by={"asset"}),
    Matter(id="notice of planned maintenance", amounts=_SPANS, does=rf"announc|advance|ahead|{_TELL}", about=(r"maintenance|maintained|downtime|planned (?:outage|interruption|work)",), without=r"commitments?|changes to our", stricter=Bound.MORE, differs_by={"severity", "when"}),
    Matter(id="approval after an emergency change", amounts=_SPANS, does=r"approv|review|look|record|document|sign(?:ed|s)?|ratif|retrospect|afterwards|after the fact", about=(r"emergency|urgent|hot-?fix|expedited", r"chang|fix|deploy"),
           without=r"incident is|access|account|break[- ]glass", stricter=Bound.LESS, differs_by=()),
    Matter(id="acknowledgement of a page", amounts=_SPANS, does=r"acknowledg|respon[ds]|answer|pick(?:s|ed)? up|reacts?", about=(r"page|on[- ]call|on duty|alert|pager",), without=r"updat|status page", stricter=Bound.LESS, differs_by={"severity", "step", "when"}),
    Matter(id="review after an incident", amounts=_SPANS, does=r"post-?mortem|lessons|root cause|retrospective|after[- ]action|review", about=(_INCIDENT + r"|outage|SEV|post-?mortem",),
           without=r"kept|retain|plan\b|polic|notif|customer|authorit|test|assess(?:ed)? again|minutes to|board", stricter=Bound.LESS, differs_by={"severity", "step"}),
    Matter(id="test of incident response", amounts=_CADENCE, does=_TEST, about=(r"incident", r"response|plan|team|process|procedure|exercise|table"), without=r"backup|recover|continuity|alert rule|phish|restor(?!e)", stricter=Bound.LESS, differs_by={"learner"}),
    Matter(id="classification of an incident", amounts=_SPANS, does=r"classif|triag|severity (?:is|rating)|gives a severity|assess|categori[sz]|rated", about=(_INCIDENT + r"|event|severity",), without=r"risk|vendor|notif|post|vulnerab|flaw|weakness|patch|kept", stricter=Bound.LESS, differs_by={"severity"}),
    Matter(id="notice of an incident", amounts=_SPANS, does=_TELL, about=(_INCIDENT + r"|leak",), without=r"post-?mortem|status page|updat|vulnerabilit|kept|polic(?:y|ies) breach|record|hourly|regist|enters", stricter=Bound.LESS, differs_by={"told", "severity", "step"}, titled=True),
    Matter(id="test of restoring a backup", amounts=_CADENCE, does=r"restor|recover|test", about=(_BACKUP + r"|restor", _TEST), without=r"continuity|disaster|kept|retain|remain|not restored|deleted|no longer|written|repeat|restored within|phone|telephone|hour|minute|failover", stricter=Bound.LESS, differs_by={"asset", "copy", "severity"}, titled=True, usual={"production", "database"}),
    Matter(id="exercise of recovery", amounts=_CADENCE, does=_TEST, about=(r"disaster|continuity|recovery (?:plan|exercise|test|procedure)|DR\b|BCP|failover",), without=r"kept|written|repeat|telephone|phone list|within|hours|minutes|load test|updat", stricter=Bound.LESS, differs_by={"asset"}),
    Matter(id="recovery point objective", amounts=_SPANS, does=r"RPO|recovery point|data loss|of data|data (?:is |are |may be |can be )?lost|lose\b|loses\b|lost", about=(r"RPO|recovery|restor|back\b|disaster|continuity|target|objective|backup|outage",), without=r"kept|retain", stricter=Bound.LESS, differs_by={"severity", "asset"}, usual={"production"}),
    Matter(id="recovery time objective", amounts=_SPANS, does=r"RTO|recovery time|back (?:within|in|online|up)|restor|recover|resum|available again|operational|up again|running again|in service",
           about=(r"RTO|recovery|disaster|continuity|outage|targets?\b|objective|resum|restored within",), without=r"RPO|recovery point|of data|data loss|lost|kept|retain|acknowledg|watch|repeat|post|review|updat|test(?:ed|s)?\b|restored copy|page\b|exercise|isolated|inform|tested again", stricter=Bound.LESS, differs_by={"severity", "asset"}, usual={"production"}),
    Matter(id="retention of backups", amounts=_SPANS, does=_KEEP + r"|expir|delet|remain|rotat", about=(_BACKUP,), without=r"test(?:ed)?\b|written up|report|store[ds]? in|personnel|accounting|contract\b|deleted from production|terminat|log(?:s)?\b|failed|restored cop|built again|read it|joining", stricter=Bound.MORE, differs_by={"asset", "copy", "record"}, titled=True, usual={"production", "database", "daily"}),
    Matter(id="frequency of backups", amounts=_CADENCE, does=rf"{_BACKUP}|how often|cop(?:y|ied|ies)", about=(_BACKUP,), without=r"test|restor|information:|method:|if the|review|kept|retain|compar|look|check|verif|report|months?\b.{0,9}$|remain", stricter=Bound.LESS, differs_by={"asset", "copy", "record", "severity"}, titled=True, usual={"production", "database"}),
    Matter(id="retention of logs", amounts=_SPANS, does=_KEEP + r"|expir|delet|can be searched", about=(r"\blogs?\b|audit trails?|logging|log data|log files",), without=r"backup|transaction logs|personnel|ticket|review files|contract|catalog|blog|visitor|minutes", stricter=Bound.MORE, differs_by={"asset", "copy", "record"}),
    Matter(id="deletion of customer data", amounts=_SPANS, does=r"delet|eras|destroy|purg|remov|return|kept|retain|dispos|retention", about=(r"customer|client|subscriber|tenant", r"contract|terminat|end of|expir|cancel|clos|off-?board|leav|subscription|agreement|account"),
           without=r"backup|snapshot|support|ticket|vendor|supplier|log\b|logs\b|lead|prospect|confirm|recording|employee|staff|accounting|customer contracts?:|customer contracts are|exchange", stricter=Bound.LESS, differs_by={"record", "copy"}),
    Matter(id="answer to a request about personal data", amounts=_SPANS, does=r"answer|respon|repl|compl|fulfil|handl|process|act", about=(r"data subject|subject access|DSAR|privacy request|personal data request|requests? (?:of|from|by) (?:a )?(?:person|individual|people|data)|right of access|rights? requests?|individual'?s? requests?",), without=r"acknowledg|extend|further", stricter=Bound.LESS),
    Matter(id="repair of vulnerabilities", amounts=_SPANS, does=rf"{_FIX}|critical|high|medium|moderate|low\b", about=(_FLAW, _FIX),
           without=r"triag|backup|incident|notif|advisory|scan(?:s|ned)? (?:every|run)|review|exception|accept|penetration test(?:s|ing)? (?:is|are|take)|report(?:ed|s)?\b|becomes? (?:a )?tickets?|ticket within|verif|assess|training|customer", stricter=Bound.LESS, differs_by=ANYWHERE | {"step"}, titled=True),
    Matter(id="certificates", amounts=TIMES, does=r"valid|renew|expir|rotat|replac|lifetime|warn", about=(r"certificate",), without=r"training|SOC|ISO", stricter=Bound.LESS, differs_by={"step", "asset"}),
    Matter(id="rotation of keys and secrets", amounts=TIMES, does=r"rotat|renew|replac|chang|expir|roll", about=(_KEY,), without=r"key (?:person|fob|card|risk|post)|waiting|incident|expos|laptop|compromis|role\b|review|customer|security keys", stricter=Bound.LESS, differs_by={"key", "whom", "asset", "when"}),
    Matter(id="assessment of risks", amounts=_CADENCE, does=r"assess|identif|evaluat|exercise|workshop", about=(r"risk",), without=r"vendor|supplier|third|within|accept|incident|vulnerab|access|treat|12 months|expected|privacy|impact assessment", stricter=Bound.LESS, differs_by={"when"}),
    Matter(id="review of the risk register", amounts=_CADENCE, does=_REVIEW + r"|updat", about=(r"risk register|risks\b|register of risks",), without=r"vendor|supplier|third|within|accept|access|assess", stricter=Bound.LESS, differs_by={"when", "severity"}),
    Matter(id="review of policies", amounts=_CADENCE, does=_REVIEW + r"|updat|approv|revis", about=(r"polic(?:y|ies)\b|standards?\b|this document|these documents|procedures?\b",),
           without=r"access|account|acknowledg|vendor|supplier|risk\b|risks\b|backup|firewall|log\b|logs\b|audit report|train|incident (?:is|are|must)|within|retention|exception|hold|requirement|code|register", stricter=Bound.LESS, differs_by={"when"}),
    Matter(id="approvals", amounts=_COUNT, does=r"approv|review|authori[sz]|sign[- ]?off", about=(_CHANGE,),
           touching=r"(?:\w+\W+){0,3}?(?:approv\w+|review(?:er|ers|s)?\b|people|persons?|engineers?|developers?|colleagues?|members?|signatures?|managers?|pairs of eyes|sign-?offs?)", without=r"days|hours|policy|interview|key administrators|vendor", stricter=Bound.MORE, differs_by={"severity", "when", "asset"}),
    Matter(id="how long an exception lasts", amounts=_SPANS, does=r"exception|waiver|exempt|deviation|dispensation", about=(r"valid|end(?:s|ing)?\b|expir|at most|no more|last|longest|limit|for\b|away|review|maximum|up to",), without=r"vulnerab|merge|pull request|review(?:ed)? (?:every|each)|within", stricter=Bound.LESS, differs_by={"severity", "when"}),
    Matter(id="availability commitment", amounts=_SHARE, does=r"availab|uptime|up-time|service level|reachable", without=r"load|storage|cpu|alert|cover", stricter=Bound.MORE, differs_by={"severity", "asset"}),
    Matter(id="duty of confidentiality after the end", amounts=_SPANS, does=r"confidential|non-?disclosure|NDA|secrecy", about=(r"after|outliv|surviv|beyond|following|continu|end\b",), without=r"incident|delet|return|customer data|broken", stricter=Bound.MORE),
    Matter(id="capacity review", amounts=_CADENCE, does=_REVIEW, without=r"looks at|forecast", about=(r"capacity",), stricter=Bound.LESS, differs_by={"asset"}),
    Matter(id="review of the inventory", amounts=_CADENCE, does=_REVIEW + r"|updat|count", about=(r"inventor|asset (?:list|register)|list of (?:assets|devices|laptops)",), without=r"access|vendor|risk", stricter=Bound.LESS),
    Matter(id="number of levels", amounts=_COUNT, does=r"levels?|classes|severit|tiers?|categor|priorit|class",
           touching=rf"(?:\w+\W+){{0,2}}?(?:{_SEVERITIES}|levels?|classes|tiers?|categories)", about=(rf"{_SEVERITIES}|classif|vendor",), without=r"up to|level \d|tier \d|exactly one|one of|at least one|approv", differs_by={"scale"}, titled=True),
)  # fmt: skip
"""The first that is meant counts, so that what is special stands before what is general."""


def matter_of(kind: str, near: str, wide: tuple[str, str], beside: str) -> Matter | None:
    """Return what a figure is on, or nothing if it is on none of these matters.

    Args:
        kind: The kind of the quantity.
        near: The clause that the figure stands in, with the words that a list stands under.
        wide: The whole sentence with the headings above it, and the policy's title.
        beside: The few words next to the figure.
    """
    return next(
        (one for one in MATTERS if kind in one.amounts and one.is_meant(near, wide, beside)), None
    )
