"""Words that tell little of what a text is about."""

from __future__ import annotations

from typing import Final

EMPTY: Final = frozenset(
    "a about actually after again all also always am an and any anybody anyone are as at be because been "
    "before being between both but by can cannot could did do does doing done during each ever every "
    "for from further get gets give given go goes had has have having he her here him his how i if in "
    "into is it its itself just let like made make makes many may me might mine more most much must my "
    "need needs never no nor not now of off often on once one only or other our ours out over own please "
    "quickly really same say says shall she should so some somebody someone still such sure take taken "
    "tell than that the their them then there these they thing things this those through to too under "
    "until up us use used uses using very want wants was we well were what when where whether which while "
    "who whom whose why will with within without would yes yet you your yours long last latest new old "
    "first current currently ok okay hi hello hey thanks do does did is are was were have has had ca wo "
    "please hers theirs quite anything something nothing everything somebody nobody everybody actually kindly "
    "indicate name count counts way even got let "
    "explain describe mean means meant difference between allow allowed permitted plain words earth".split()
)
"""Words that carry no meaning in a question."""

GENERIC: Final = frozenset(
    "audit audits auditor auditors auditing company control controls criteria criterion demonstrate "
    "demonstrates document documentation documented documents evidence exist exists firm "
    "organisation organization process processes procedure procedures prove proves proof require "
    "required requirement requirements responsible security secure show shows soc soc2 soc-2 status "
    "system systems work works business day days hour hours week weeks month months year years "
    "quarter time times".split()
)
"""Words that nearly every source of this field has, so that finding them shows little."""

HASTY: Final = frozenset(
    word.replace("'", "")
    for word in (
        "can't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't shouldn't "
        "couldn't what's who's where's how's when's that's there's i've you've we've i'm"
    ).split()
)
"""Contractions as they are typed in haste, without the apostrophe."""
