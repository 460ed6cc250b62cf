"""How an emotion is said in brackets over a line, and what in a line shows it without being said.

House style, not science: one or two words an actor can play. The words that show an emotion are stems,
matched at the beginning of words in the line and in what its speaker does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from writersroom.story.emotions import Emotion

PARENTHETICALS: Mapping[Emotion, str] = {
    Emotion.CALM: "calmer",
    Emotion.JOY: "delighted",
    Emotion.DISTRESS: "pained",
    Emotion.HOPE: "hopeful",
    Emotion.FEAR: "afraid",
    Emotion.SATISFACTION: "content",
    Emotion.FEARS_CONFIRMED: "grim",
    Emotion.RELIEF: "relieved",
    Emotion.DISAPPOINTMENT: "let down",
    Emotion.HAPPY_FOR: "warmly",
    Emotion.RESENTMENT: "bitter",
    Emotion.GLOATING: "smug",
    Emotion.PITY: "gently",
    Emotion.PRIDE: "proud",
    Emotion.SHAME: "ashamed",
    Emotion.ADMIRATION: "impressed",
    Emotion.REPROACH: "cold",
    Emotion.GRATIFICATION: "pleased",
    Emotion.REMORSE: "contrite",
    Emotion.GRATITUDE: "moved",
    Emotion.ANGER: "angry",
    Emotion.LOVE: "tender",
    Emotion.HATE: "with loathing",
}

_GLAD = "laugh smile grin beam wonderful glorious glad happy delight joy hooray"
_LOUD = "shout yell scream slam roar snarl"
SHOWN_BY: Mapping[Emotion, str] = {
    Emotion.CALM: "calm quiet breath slowly",
    Emotion.JOY: _GLAD,
    Emotion.DISTRESS: "cry cries crying weep sob tear please hurt can't$ god$",
    Emotion.HOPE: "hope maybe$ perhaps$",
    Emotion.FEAR: "afraid scared frighten terrif trembl shak run$ help hide",
    Emotion.SATISFACTION: "good$ finally$ at.last$ nod$ nods$",
    Emotion.FEARS_CONFIRMED: "knew$ warned worst",
    Emotion.RELIEF: "relie thank exhale sigh phew safe$ breath",
    Emotion.DISAPPOINTMENT: "thought$ hoped disappoint expected",
    Emotion.HAPPY_FOR: f"{_GLAD} congratulat deserve bravo",
    Emotion.RESENTMENT: "unfair always$ lucky bitter envy envious",
    Emotion.GLOATING: "told.you$ smirk ha$ haha serves loser lost$",
    Emotion.PITY: "poor sorry hush dear$",
    Emotion.PRIDE: "proud my.best$ look.at$",
    Emotion.SHAME: "asham blush fault forgive sorry",
    Emotion.ADMIRATION: "brilliant brave marvel wonder remarkable",
    Emotion.REPROACH: "how.could how.dare should shame promised",
    Emotion.GRATIFICATION: f"{_GLAD} worked$ i.did.it$",
    Emotion.REMORSE: "sorry forgive fault regret i.should",
    Emotion.GRATITUDE: "thank grateful bless owe$",
    Emotion.ANGER: f"{_LOUD} damn hell$ curse furious angry angrily rage fist enough$ shut.up$ get.out$",
    Emotion.LOVE: "love darling$ kiss embrac",
    Emotion.HATE: f"{_LOUD} hate hatred despis loath spit detest",
}
"""Stems, parted by spaces; `.` stands for any space, `$` for the end of the word."""

LOUD = frozenset({Emotion.ANGER, Emotion.HATE, Emotion.FEAR, Emotion.JOY, Emotion.DISTRESS})
"""What an exclamation mark alone shows."""

AT_ONCE = frozenset(
    {"overlapping", "simultaneously", "together", "at the same time", "at once", "talking over"}
)
"""Directions that say a line is spoken while another is."""

_SHOWN = {
    emotion: re.compile(
        r"\b(?:" + "|".join(stems.split()).replace(".", r"\s+").replace("$", r"\b") + ")", re.IGNORECASE
    )
    for emotion, stems in SHOWN_BY.items()
}


def shows(emotion: Emotion, line: str, action: str = "") -> bool:
    """Whether a line, or what its speaker does, shows the emotion without being told."""
    return bool(_SHOWN[emotion].search(f"{line} {action}")) or (emotion in LOUD and "!" in line)


def parenthetical(before: Emotion, now: Emotion, line: str, action: str = "") -> str:
    """What stands over a line: the emotion where it has changed and doesn't show, else nothing."""
    return "" if now == before or shows(now, line, action) else PARENTHETICALS[now]
