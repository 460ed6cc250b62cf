"""What happens in the story and in the room, made into occurrences that characters can appraise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from writersroom.story.appraisal import Occurrence
from writersroom.story.beats import Beat
from writersroom.story.emotions import Emotion

TOWARDS: Mapping[Emotion, tuple[float, float]] = {
    Emotion.ANGER: (-0.5, -0.3),
    Emotion.HATE: (-0.7, -0.6),
    Emotion.REPROACH: (-0.4, -0.1),
    Emotion.RESENTMENT: (-0.3, -0.2),
    Emotion.GLOATING: (-0.4, -0.5),
    Emotion.DISAPPOINTMENT: (-0.3, 0.0),
    Emotion.DISTRESS: (-0.2, 0.0),
    Emotion.FEAR: (-0.2, 0.0),
    Emotion.REMORSE: (0.3, 0.3),
    Emotion.SHAME: (0.1, 0.1),
    Emotion.PITY: (0.1, 0.2),
    Emotion.JOY: (0.2, 0.0),
    Emotion.HAPPY_FOR: (0.4, 0.3),
    Emotion.GRATITUDE: (0.5, 0.3),
    Emotion.ADMIRATION: (0.5, 0.2),
    Emotion.LOVE: (0.7, 0.3),
}
"""What it is to be spoken to with an emotion: how good for the one spoken to, and how the speaker does by it.

House values: the signs are those of the OCC types (anger and reproach blame, gratitude and admiration
praise), the sizes were set by ear. Emotions that are not here are about something else than the one spoken
to.
"""

_RULING = {"adopted": 0.6, "amended": 0.25, "rejected": -0.6}


def of_beat(
    beat: Beat,
    *,
    protagonist: str,
    actor: str | None = None,
    gains: Mapping[str, float] | None = None,
    merit: float | None = None,
    likelihood: float = 1.0,
) -> Occurrence:
    """A beat as its witnesses see it.

    Args:
        beat: Its value is the protagonist's; half of the change of value is how good it is for them.
        protagonist: Whose value it is.
        actor: Who acts; the first of its characters unless given.
        gains: What it is to others, or other to the protagonist than the change of value says.
        merit: How the deed stands; unless given, as what it does to the protagonist.
        likelihood: Below 1, the beat is a prospect: nobody knows of it yet, and it is hoped for or feared.
    """
    change = (beat.value_after - beat.value_before) / 2
    return Occurrence(
        cause=beat.id,
        text=f"{beat.summary} {beat.stakes}",
        actor=actor if actor is not None else next(iter(beat.characters), ""),
        merit=merit if merit is not None else change,
        gains={protagonist: change, **(gains or {})},
        likelihood=likelihood,
        answers=beat.id if likelihood >= 1 else "",
        witnesses=beat.seen_by,
        written=dict(beat.emotions),
        beat=beat.id if likelihood >= 1 else "",
    )


def of_line(
    speaker: str, emotion: Emotion, line: str, *, to: str = "", hearers: Collection[str] = ()
) -> Occurrence:
    """A line as those who hear it take it, the one it is meant for and the speaker above all."""
    gain, merit = TOWARDS.get(emotion, (0.0, 0.0)) if to and to != speaker else (0.0, 0.0)
    return Occurrence(
        cause=f"{speaker} to {to}: {emotion.replace('_', ' ')}"
        if to
        else f"{speaker}: {emotion.replace('_', ' ')}",
        text=line,
        actor=speaker,
        merit=merit,
        gains={to: gain} if gain else {},
        witnesses=tuple(dict.fromkeys((speaker, *([to] if to else []), *hearers))),
        written={speaker: emotion},
    )


def of_pitch(
    pitch: str, pitcher: str, text: str, *, against: Collection[str] = (), present: Collection[str] = ()
) -> Occurrence:
    """A pitch: a prospect its pitcher hopes for, and those who object fear. The ruling answers `pitch`."""
    gains = {pitcher: 0.6} | dict.fromkeys(against, -0.4)
    return Occurrence(
        cause=pitch,
        text=text,
        actor=pitcher,
        gains=gains,
        likelihood=0.5,
        witnesses=tuple(dict.fromkeys((*gains, *present))),
    )


def of_ruling(
    pitch: str,
    pitcher: str,
    verdict: Literal["adopted", "amended", "rejected"],
    *,
    text: str = "",
    backers: Collection[str] = (),
    against: Collection[str] = (),
    present: Collection[str] = (),
) -> Occurrence:
    """The director's ruling: what it is to the one who pitched, and half of that to those who took sides."""
    gain = _RULING[verdict]
    gains = dict.fromkeys(against, -gain / 2) | dict.fromkeys(backers, gain / 2) | {pitcher: gain}
    return Occurrence(
        cause=f"{pitch} {verdict}",
        text=text,
        gains=gains,
        answers=pitch,
        fulfilled=verdict != "rejected",
        witnesses=tuple(dict.fromkeys((*gains, *present))),
    )
