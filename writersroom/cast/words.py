"""Words for emotions as a prompt or a parenthetical says them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from writersroom.story.emotions import Emotion

FEELING: Final[Mapping[Emotion, str]] = MappingProxyType(
    {
        Emotion.CALM: "calm",
        Emotion.JOY: "happy",
        Emotion.DISTRESS: "unhappy",
        Emotion.HOPE: "hopeful",
        Emotion.FEAR: "afraid",
        Emotion.SATISFACTION: "satisfied",
        Emotion.FEARS_CONFIRMED: "beaten",
        Emotion.RELIEF: "relieved",
        Emotion.DISAPPOINTMENT: "disappointed",
        Emotion.HAPPY_FOR: "glad",
        Emotion.RESENTMENT: "bitter",
        Emotion.GLOATING: "gloating",
        Emotion.PITY: "moved",
        Emotion.PRIDE: "proud",
        Emotion.SHAME: "ashamed",
        Emotion.ADMIRATION: "impressed",
        Emotion.REPROACH: "reproachful",
        Emotion.GRATIFICATION: "pleased",
        Emotion.REMORSE: "sorry",
        Emotion.GRATITUDE: "grateful",
        Emotion.ANGER: "angry",
        Emotion.LOVE: "tender",
        Emotion.HATE: "full of hate",
    }
)
"""How somebody is who feels so: "MARA (afraid)". No two are alike, so a choice among them tells which."""
