"""What a note can say: what the critic measured, as a reader would put it, and what is asked of the writer.

A critic that counts is gamed at once: told which words are counted, a writer drops those words. So nothing
here names a count, a length or a list of words; a reader says what reading was like. Small models invent
criticism that fits any text, so they choose among these rather than write one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from writersroom.critic.features.vector import FAMILIES
from writersroom.critic.verdict import Verdict
from writersroom.frozen import Frozen

MOST: Final = 5
"""Findings that are put to a critic at once."""
_COUNTING: Final = re.compile(
    r"\d|%|\b(?:per|share|count|average|rate|ratio|frequency)\b|[\"\u201c].*[\"\u201d]"
)


class Finding(Frozen):
    """Something that a note can be about."""

    says: str
    """How a reader says it, a sentence."""
    asks: str
    """How the next version of the line is, a sentence with {who} for its speaker."""


_READ: Final[Mapping[str, Finding]] = MappingProxyType(
    {
        "surprise": Finding(
            says="I could have said this before they did.", asks="{who} says what nobody in the room expects."
        ),
        "rhythm of surprise": Finding(
            says="It goes on at one pitch from beginning to end.", asks="{who} breaks off in the middle."
        ),
        "sentence rhythm": Finding(
            says="Every sentence here is as long as the one before.", asks="{who} answers with hardly a word."
        ),
        "sentence length": Finding(
            says="Nobody has breath for sentences like these.", asks="{who} says it and stops."
        ),
        "participles": Finding(
            says="It hangs one thing on another instead of letting it happen.",
            asks="{who} says what happened.",
        ),
        "stock phrases": Finding(
            says="I have read this line in too many stories.", asks="{who} says it as nobody else would."
        ),
        "summing up": Finding(says="It tells me what it means.", asks="{who} explains nothing."),
        "named feelings": Finding(
            says="They name the feeling instead of showing it.",
            asks="{who} would rather not say how it feels.",
        ),
        "dialogue": Finding(
            says="They are too polite with each other.", asks="{who} does not answer the question."
        ),
        "spoken language": Finding(
            says="Nobody talks like this across a table.", asks="{who} talks as people do at home."
        ),
        "vocabulary": Finding(
            says="There is nothing here that I could touch.", asks="{who} speaks of a thing in the room."
        ),
        "repetition": Finding(says="It says again what was just said.", asks="{who} says something new."),
        "openings": Finding(
            says="Line after line sets out the same way.", asks="{who} begins in the middle of a thought."
        ),
        "voice": Finding(says="I do not hear who is talking.", asks="{who} speaks of what {who} wants."),
        "holding together": Finding(
            says="This is no answer to what was just said.", asks="{who} answers what was just said."
        ),
    }
)
"""By family of features. Of the others there is nothing a writer could do anything about."""
_THEME_SAID: Final = Finding(
    says="They say out loud what the story is about.", asks="{who} speaks of what lies before them."
)


def findings(
    verdict: Verdict, faults: Sequence[str] = (), *, said: Collection[str] = (), theme_said: bool = False
) -> tuple[Finding, ...]:
    """What a critic may say of a take, what the discriminator minds most first.

    Args:
        verdict: of the take.
        faults: what the critic's own questions are about (`Question.fault`), in a few words each.
        said: what earlier notes on this scene said; none is given twice.
        theme_said: whether the line that the note is about is the story's theme (`features.narrative`).

    Returns:
        At most `MOST`; at least one, unless all was said.
    """
    families = (
        name for reason in verdict.reasons for name, family in FAMILIES.items() if family.machine in reason
    )
    read = [_READ[name] for name in families if name in _READ]
    own = [
        Finding(says=_sentence(fault), asks=f"This time nobody can say that {fault.strip().rstrip('.')}.")
        for fault in faults
        if fault.strip() and readerly(fault)
    ]
    if theme_said:
        read.insert(0, _THEME_SAID)
    others = list(_READ.values()) if not (read or own) else []
    offered = dict.fromkeys(
        one for one in (*read[: MOST - min(2, len(own))], *own, *others) if one.says not in said
    )
    return tuple(offered)[:MOST]


def readerly(text: str) -> bool:
    """Whether a reader could have said it: no numbers, shares or quoted words."""
    return not _COUNTING.search(text.lower())


def _sentence(words: str) -> str:
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words[-1:] in ".!?" else ".")
